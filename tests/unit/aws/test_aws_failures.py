"""The ledger of cells: each ends in one state, the worst of its parts."""

from __future__ import annotations

import itertools

import pytest
from fakes_aws import FakeCaller

from advisor.aws.failures import Ledger, Status
from advisor.errors import AwsError, DeniedError, ThrottledError, UnreachableError

ENDS = {
    Status.DENIED: DeniedError("no", hint="allow it"),
    Status.UNREACHABLE: UnreachableError("silence"),
    Status.THROTTLED: ThrottledError("storm"),
    Status.PARTIAL: AwsError("odd"),
}


@pytest.mark.parametrize("status", ENDS)
def test_an_error_ends_its_cell_and_no_other(status: Status) -> None:
    ledger, ireland, virginia = Ledger(), FakeCaller({}), FakeCaller({}, region="us-east-1")
    done = []
    for caller, api in itertools.product((ireland, virginia), ("ecs", "ec2")):
        with ledger.reading(caller, api):
            if (caller, api) == (ireland, "ec2"):
                raise ENDS[status]
            done.append((caller.region, api))
    assert len(done) == 3
    states = {(c.region, c.api): c.status for c in ledger.cells()}
    assert states.pop(("eu-west-1", "ec2")) == status
    assert set(states.values()) == {Status.COMPLETE}


def test_the_worst_part_counts_with_its_first_reason() -> None:
    ledger, caller = Ledger(), FakeCaller({})
    ledger.partial(caller, "ecs", "a hole")
    with ledger.reading(caller, "ecs"):
        raise DeniedError("first", hint="allow ecs:ListTasks")
    with ledger.reading(caller, "ecs"):
        raise DeniedError("second")
    with ledger.reading(caller, "ecs"):
        pass
    (cell,) = ledger.cells()
    assert str(cell) == "111122223333 eu-west-1 ecs: denied, first (allow ecs:ListTasks)"


def test_left_out_on_purpose_is_no_fault_but_what_was_read_counts_more() -> None:
    ledger, caller = Ledger(), FakeCaller({})
    ledger.skip(caller, "ecr", "images are not asked for")
    ledger.skip(caller, "ecs", "one cluster")
    with ledger.reading(caller, "ecs"):
        pass
    assert [(c.api, c.status) for c in ledger.cells()] == [("ecr", "skipped"), ("ecs", "complete")]


def test_our_own_bugs_are_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError), Ledger().reading(FakeCaller({}), "ecs"):
        raise ZeroDivisionError
