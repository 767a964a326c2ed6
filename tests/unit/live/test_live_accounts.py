"""Many accounts: each cell of the grid broken in turn costs no other; storms lose nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from fakes_accounts import IDS, FakeAccount, broken, entering, place
from fakes_aws import FakeCaller, FakeTime

from advisor.aws.accounts import EVERY_REGION, Wanted, callers, organization, reach, skip_inactive
from advisor.aws.calls import PacedCaller
from advisor.aws.clock import Clock
from advisor.aws.coverage import counts, holes, rows, summary
from advisor.aws.failures import Ledger, Status
from advisor.errors import AwsError, DeniedError, InputError, ThrottledError, UnreachableError
from advisor.usage import read_live
from advisor.usage.live.read import apis

APIS = apis(deep=False, bill=True)
NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
FAULTS = {
    Status.DENIED: DeniedError("no", hint="allow it"),
    Status.THROTTLED: ThrottledError("storm"),
    Status.UNREACHABLE: UnreachableError("silence"),
    Status.PARTIAL: AwsError("odd"),
}
WANTED = Wanted(["eu-west-1"], "eu-west-1", APIS)


def read(asked, ledger: Ledger):
    return read_live(asked, ledger, name="prod", days=1, now=NOW)


def states(ledger: Ledger) -> dict[tuple[str, str], Status]:
    return {(c.account_id, c.api): c.status for c in ledger.cells()}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("status", FAULTS)
@pytest.mark.parametrize("account_id", IDS)
def test_every_cell_of_the_grid_breaks_alone(account_id: str, api: str, status: Status) -> None:
    asked = {i: place(i) for i in IDS}
    broken(asked[account_id], api, FAULTS[status])
    ledger = Ledger()
    usage = read(list(asked.values()), ledger)
    found = states(ledger)
    assert len(found) == len(IDS) * len(APIS)
    assert found.pop((account_id, api)) == status
    # where no service is told, none has limits or images to ask for
    unasked = {(account_id, "application-autoscaling"), (account_id, "ecr")} if api == "ecs" else set()
    unasked |= {(account_id, "ec2"), (account_id, "cloudwatch")} if api == "ecs" else set()
    assert {cell for cell, ended in found.items() if ended is not Status.COMPLETE} <= unasked
    assert not any(ended not in (Status.COMPLETE, Status.SKIPPED) for ended in found.values())
    assert len(usage.workloads) >= 12


@pytest.mark.parametrize("status", FAULTS)
@pytest.mark.parametrize("account_id", IDS)
def test_an_account_that_nobody_gets_into_costs_no_other(account_id: str, status: Status) -> None:
    accounts = {i: FakeAccount(i, {"eu-west-1": place(i)}) for i in IDS}
    accounts[account_id] = FAULTS[status]
    ledger = Ledger()
    usage = read(reach(IDS, entering(accounts), WANTED, ledger), ledger)
    ended = Status.DENIED if status is Status.PARTIAL else status
    for (account, _), found in states(ledger).items():
        assert found == (ended if account == account_id else Status.COMPLETE)
    assert len(usage.workloads) == 12
    assert len(holes(ledger.cells())) == 1
    assert f"{account_id} eu-west-1 ({', '.join(APIS)}): {ended}" in usage.notes[-1]


def test_nobody_let_in_anywhere_is_nothing_to_read() -> None:
    ledger = Ledger()
    asked = reach(IDS, entering(dict.fromkeys(IDS, DeniedError("no"))), WANTED, ledger)
    assert asked == []
    with pytest.raises(InputError, match="no ECS workload was found") as raised:
        read(asked, ledger)
    assert len(raised.value.problems) == len(IDS)


def test_a_role_of_another_account_is_not_taken_for_this_one() -> None:
    ledger = Ledger()
    same = FakeAccount(IDS[0], {"eu-west-1": place(IDS[0])})
    assert len(reach(IDS, lambda _: same, WANTED, ledger)) == 1
    told = holes(ledger.cells())
    assert len(told) == 2
    assert f"the role for {IDS[1]} is one of {IDS[0]}" in told[0]


def test_the_organization_is_read_and_closed_accounts_are_counted_as_skipped() -> None:
    pages = {
        "1": {"Accounts": [{"Id": IDS[0], "Status": "ACTIVE"}], "NextToken": "2"},
        "2": {
            "Accounts": [
                {"Id": IDS[1], "State": "SUSPENDED", "Status": "ACTIVE"},
                {"Id": IDS[2], "Status": "PENDING_CLOSURE"},
            ]
        },
    }
    caller = FakeCaller({"organizations:ListAccounts": lambda NextToken="1": pages[NextToken]})
    ledger = Ledger()
    assert skip_inactive(organization(caller), WANTED, ledger) == [IDS[0]]
    assert {c.account_id for c in ledger.cells()} == {IDS[1], IDS[2]}
    assert {(c.status, c.reason) for c in ledger.cells()} == {
        (Status.SKIPPED, "the account is suspended"),
        (Status.SKIPPED, "the account is pending_closure"),
    }
    assert holes(ledger.cells()) == []


def test_all_regions_are_those_that_each_account_has_enabled() -> None:
    wanted, ledger = Wanted([EVERY_REGION], "eu-west-1", APIS), Ledger()
    enabled = {"Regions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]}
    regions = {
        "eu-west-1": place(IDS[0], ec2__DescribeRegions=enabled),
        "us-east-1": place(IDS[0], "us-east-1"),
    }
    asked = list(callers(FakeAccount(IDS[0], regions), wanted, ledger))
    assert [c.region for c in asked] == ["eu-west-1", "us-east-1"]
    assert ledger.cells() == ()


def test_regions_that_are_not_told_are_holes_and_the_home_region_is_read() -> None:
    wanted, ledger = Wanted([EVERY_REGION], "eu-west-1", APIS), Ledger()
    refusal = DeniedError("no regions", hint="allow ec2:DescribeRegions")
    account = FakeAccount(IDS[0], {"eu-west-1": place(IDS[0], ec2__DescribeRegions=refusal)})
    asked = reach([IDS[0]], entering({IDS[0]: account}), wanted, ledger)
    read(asked, ledger)
    assert [c.region for c in asked] == ["eu-west-1"]
    by_region = {(c.region, c.status) for c in ledger.cells()}
    assert by_region == {(EVERY_REGION, Status.DENIED), ("eu-west-1", Status.COMPLETE)}
    assert "no regions (allow ec2:DescribeRegions)" in holes(ledger.cells())[0]


@pytest.mark.parametrize("refused", [0.5])
def test_half_of_all_calls_throttled_and_all_data_arrives(refused: float) -> None:
    def stormy(inside: FakeCaller, seed: int) -> PacedCaller:
        time, dice = FakeTime(), random.Random(seed)

        def send(asked, params):
            if dice.random() < refused:
                raise ThrottledError("storm")
            return inside.call(asked.name, **params)

        clock = Clock(lambda: time.at_s, time.sleep, dice.random)
        return PacedCaller(inside.account_id, inside.region, send, clock=clock)

    calm, storm = Ledger(), Ledger()
    whole = read([place(i) for i in IDS], calm)
    found = read([stormy(place(i), n) for n, i in enumerate(IDS)], storm)
    assert found.digest == whole.digest
    assert storm.cells() == calm.cells()
    assert {c.status for c in storm.cells()} == {Status.COMPLETE}


def test_every_cell_is_in_exactly_one_count() -> None:
    ledger = Ledger()
    asked = [place(IDS[0]), broken(place(IDS[1]), "ecr", DeniedError("no"))]
    read(asked, ledger)
    ledger.skip(place(IDS[2]), "ecs", "the account is suspended")
    cells = ledger.cells()
    assert sum(n for api, count in counts(cells).items() if api for n in count.values()) == len(cells)
    assert counts(cells)[""] == {Status.COMPLETE: 17, Status.DENIED: 1, Status.SKIPPED: 1}
    assert summary(cells) == "19 APIs in 3 regions of 3 accounts: 17 complete, 1 denied, 1 skipped"
    table = rows(cells)
    assert table[0] == ["API", "complete", "denied", "skipped"]
    assert ["ecr", "1", "1", ""] in table
    assert table[-1] == ["all", "17", "1", "1"]
