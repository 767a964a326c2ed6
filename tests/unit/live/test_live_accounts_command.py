"""`advisor recommend --accounts`: what is told of the grid, and the exit code it ends in."""

from __future__ import annotations

import json

import pytest
from fakes_accounts import IDS, TEMPLATE, FakeAccount, broken, place
from fakes_aws import FakeCaller

from advisor.__main__ import main
from advisor.aws import clients
from advisor.aws.failures import Status
from advisor.errors import DeniedError

HUB = "999999999999"
ENABLED = {"Regions": [{"RegionName": "eu-west-1"}]}
ORGANIZATION = {
    "Accounts": [{"Id": i, "Status": "ACTIVE"} for i in IDS[:2]] + [{"Id": IDS[2], "Status": "SUSPENDED"}]
}


@pytest.fixture
def run(alone, monkeypatch, capsys):
    """Run the command where roles lead into fake accounts; return exit code, stdout, stderr."""

    def do(accounts: dict[str, FakeAccount | Exception], *argv: str) -> tuple[int, str, str]:
        class Outside:
            region_name = "eu-west-1"

        def account(session, region, *, budget):
            found = accounts[HUB if isinstance(session, Outside) else session]
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(clients, "session", lambda profile: Outside())
        monkeypatch.setattr(clients, "in_role", lambda source, arn, *_: arn.split(":")[4])
        monkeypatch.setattr(clients, "Account", account)
        with pytest.raises(SystemExit) as ended:
            main(["recommend", "--days", "1", "--role-arn", TEMPLATE, *argv])
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return do


def fleet(**changed: FakeAccount | Exception) -> dict[str, FakeAccount | Exception]:
    hub = FakeCaller({"organizations:ListAccounts": ORGANIZATION}, HUB)
    inside = {i: FakeAccount(i, {"eu-west-1": place(i, ec2__DescribeRegions=ENABLED)}) for i in IDS}
    return {HUB: FakeAccount(HUB, {"eu-west-1": hub}), **inside, **changed}


def test_all_accounts_complete_is_exit_code_0_with_a_table(run) -> None:
    code, out, err = run(fleet(), "--accounts", ",".join(IDS), "--format", "json")
    assert code == 0
    assert err.splitlines()[-1].split() == ["all", "27"]
    assert "read 27 APIs in 3 regions of 3 accounts: 27 complete" in json.loads(out)["notes"]


def test_the_organization_without_its_closed_account(run) -> None:
    code, out, err = run(fleet(), "--accounts", "org", "--region", "all")
    assert code == 0
    assert out.startswith("organization · eu-west-1")
    head, *_, total = [line for line in err.splitlines() if line.startswith(("API", "all"))]
    assert head.split() == ["API", "complete", "skipped"]
    assert total.split() == ["all", "18", "9"]


def test_a_hole_in_one_account_is_exit_code_3(run) -> None:
    holed = FakeAccount(IDS[1], {"eu-west-1": broken(place(IDS[1]), "ecr", DeniedError("no"))})
    code, _, err = run(fleet(**{IDS[1]: holed}), "--accounts", ",".join(IDS))
    assert code == 3
    assert "read 26 of 27 APIs whole" in err
    assert f"warning: {IDS[1]} eu-west-1 ecr: denied, no" in err


def test_an_account_without_a_door_is_exit_code_3_and_one_line(run) -> None:
    code, _, err = run(fleet(**{IDS[1]: DeniedError("expired")}), "--accounts", ",".join(IDS))
    assert code == 3
    told = [line for line in err.splitlines() if IDS[1] in line]
    assert len(told) == 1
    assert f"{Status.DENIED}, expired" in told[0]


def test_nothing_readable_is_exit_code_1(run) -> None:
    shut = {i: DeniedError(f"no way into {i}") for i in IDS}
    code, out, err = run(fleet(**shut), "--accounts", ",".join(IDS))
    assert (code, out) == (1, "")
    assert all(f"no way into {i}" in err for i in IDS)


def test_an_organization_that_is_not_told_is_exit_code_1(run) -> None:
    hub = FakeAccount(
        HUB, {"eu-west-1": FakeCaller({"organizations:ListAccounts": DeniedError("not yours")})}
    )
    code, _, err = run(fleet(**{HUB: hub}), "--accounts", "org")
    assert code == 1
    assert "not yours" in err
