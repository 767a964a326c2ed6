"""The list of operations is AWS's own words, reads only, and the policy is made of it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from botocore.session import Session

from advisor.aws.operations import CREDENTIALS, OPERATIONS, PricedBy, Tier
from advisor.aws.policy import Reach, policy

READS = ("List", "Describe", "Get", "Lookup")
ASKS = {"logs:StartQuery", "logs:StopQuery"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_one_of_the_sdk_with_the_token_it_says(name: str) -> None:
    listed = OPERATIONS[name]
    model = Session().get_service_model(listed.service).operation_model(listed.api)
    asks, answers = set(model.input_shape.members), set(model.output_shape.members)
    if listed.next_page:
        assert listed.next_page in asks & answers
    else:
        assert not {"nextToken", "NextToken", "NextPageToken"} & asks & answers, "it has pages"


def test_only_reads_questions_and_credentials_are_listed() -> None:
    for listed in OPERATIONS.values():
        assert listed.api.startswith(READS) or listed.name in ASKS or listed in CREDENTIALS, listed.name
        assert (listed.tier is None) == (listed in CREDENTIALS)


def test_what_costs_says_what_by() -> None:
    paid = {o.name: o.priced_by for o in OPERATIONS.values() if o.price_usd}
    assert paid.pop("cloudwatch:GetMetricData") is PricedBy.METRIC
    assert set(paid) == {n for n in OPERATIONS if n.startswith(("ce:", "s3:"))}


def test_tiers_include_those_before_them() -> None:
    allowed = {t: {a for s in policy(t)["Statement"] for a in s["Action"]} for t in Tier}
    assert allowed[Tier.BASIC] < allowed[Tier.COST] < allowed[Tier.DEEP]
    assert allowed[Tier.DEEP] == {o.action for o in OPERATIONS.values() if o.tier and o.service != "s3"}
    assert not any(a.startswith(("sts:", "sso")) for a in allowed[Tier.DEEP])


def test_statements_have_names_of_their_own_that_iam_takes() -> None:
    sids = [s["Sid"] for s in policy(Tier.DEEP)["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


def test_what_is_limited_is_limited_to_what_is_named() -> None:
    reach = Reach("aws-cn", "/ours", "acme-*", "ecs/")
    limited = {
        s["Sid"]: s["Resource"] for s in policy(Tier.DEEP, reach)["Statement"] if s["Resource"] != ["*"]
    }
    assert limited == {
        "AdvisorDeepLogs": [
            "arn:aws-cn:logs:*:*:log-group:/aws/ecs/containerinsights/*/performance:*",
            "arn:aws-cn:logs:*:*:log-group:/ours:*",
        ],
        "AdvisorDeepS3": ["arn:aws-cn:s3:::acme-*", "arn:aws-cn:s3:::acme-*/ecs/*"],
    }
    assert "{" not in str([s["Resource"] for s in policy(Tier.DEEP)["Statement"]])


def test_the_command_starts_without_the_sdk() -> None:
    code = "import sys, advisor.cli.app; sys.exit('botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
