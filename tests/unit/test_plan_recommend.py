"""What is advised, in which words and order, and the command's version."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib import metadata

import polars as pl
import pytest
from fakes_plan import outcome, placement, plan
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_estates import estate

from advisor.__main__ import main
from advisor.catalog import load_catalog
from advisor.config import Config
from advisor.model import Placement, Plan, commitment_name
from advisor.pipeline import advise
from advisor.plan.folk import folk_rules
from advisor.plan.outcomes import OUTCOMES
from advisor.plan.recommend import action, of_commitment
from advisor.plan.steps import Move, steps
from advisor.plan.tasks import Task
from advisor.report import words as words_of
from advisor.report.explanation import explain
from advisor.report.folk import folk_line
from advisor.report.markdown import markdown
from advisor.report.sentences import price_dates, proof
from advisor.report.table import table
from advisor.report.view import view
from advisor.terms import (
    ActionType,
    CapacityOption,
    CommitmentKind,
    CpuArchitecture,
    Effort,
    LaunchType,
    NetworkMode,
    OperatingSystem,
    WorkloadKind,
)


def test_the_version_is_known_without_package_metadata(monkeypatch, capsys) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert not ended.value.code
    assert capsys.readouterr().out.split()[1][0].isdigit()


def task(**changes: object) -> Task:
    """Return a steady Fargate service of four tasks, unless told."""
    whole = Task(
        workload=0,
        workload_id="api",
        account_id="001234567890",
        region="us-east-1",
        cluster="web",
        kind=WorkloadKind.SERVICE,
        launch_type=LaunchType.FARGATE,
        capacity_option=CapacityOption.ON_DEMAND,
        cpu_architecture=CpuArchitecture.X86_64,
        arm_ready=False,
        operating_system=OperatingSystem.LINUX,
        vcpu=0.5,
        memory_mib=1024.0,
        right_vcpu=0.5,
        right_memory_mib=1024.0,
        ephemeral_storage_gib=0.0,
        gpus=0,
        network_mode=NetworkMode.AWSVPC,
        host_ports=(),
        assign_public_ip=False,
        privileged=False,
        volumes=frozenset(),
        spread=2,
        interruptible=True,
        placement_constraints="",
        owner=None,
        workload_class="STEADY_STATE",
        vcpu_used=0.2,
        tasks_mean=4.0,
        covered_hours=720,
        withheld=None,
        costable=True,
        pin=None,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def on_ec2(**changes: object) -> Placement:
    """Return a placement on a pool of EC2 instances."""
    return placement(
        "api", 100.0, 60.0, launch_type="EC2", capacity_option="ON_DEMAND", pool_id="web", **changes
    )


def words(move: Move) -> str:
    return "\n".join(steps(move))


def test_a_move_from_fargate_to_ec2_says_all_that_ecs_asks_for() -> None:
    text = words(Move(on_ec2(), task(), pool_types=("m6i.large",), trunking=True))
    assert "requiresCompatibilities=EC2" in text
    assert "awsvpcTrunking" in text
    assert "Attach the capacity provider web to the cluster web" in text
    assert "instance type m6i.large" in text
    assert "ECS-optimized x86_64 AMI" in text
    assert "terminate" not in text, "nothing is left behind on Fargate"
    assert "awsvpcTrunking" not in words(Move(on_ec2(), task(), pool_types=("m6i.large",), trunking=False))


def test_leaving_instances_ends_with_scaling_in() -> None:
    last = steps(Move(placement("api", 9.0, 1.0), task(launch_type=LaunchType.EC2)))[-1]
    assert "scale in the Auto Scaling group that it leaves and terminate the instances" in last


def test_windows_and_gpu_pools_name_their_machine_image() -> None:
    windows = Move(on_ec2(), task(operating_system=OperatingSystem.WINDOWS), trunking=True)
    assert "ECS-optimized Windows Server AMI" in words(windows)
    assert "awsvpcTrunking" not in words(windows)
    gpu = Move(on_ec2(), task(gpus=1, cpu_architecture=CpuArchitecture.ARM64))
    assert "ECS GPU-optimized x86_64 AMI" in words(gpu)


def test_data_on_hosts_moves_first_and_there_is_no_way_back() -> None:
    tied = task(launch_type=LaunchType.EC2, volumes=frozenset({"host", "efs"}))
    moved = Move(on_ec2(cpu_architecture="ARM64"), tied, pool_types=("m6g.large",))
    assert moved.leaves_data
    assert steps(moved)[0].startswith("Move the data of its host volumes first")
    assert "To go back" not in words(moved)
    stays = Move(on_ec2(), tied, pool_types=("m6i.large",), types_today=("m6i.large",))
    assert not stays.leaves_data


def test_a_right_size_says_which_instances_its_group_needs() -> None:
    there = task(launch_type=LaunchType.EC2, vcpu=2.0)
    other = Move(on_ec2(), there, pool_types=("g6.2xlarge",), types_today=("g5.2xlarge",))
    assert "Change the group's launch template to g6.2xlarge (today g5.2xlarge)" in words(other)
    assert action(other) == (ActionType.RIGHTSIZE, Effort.MEDIUM)
    unknown = Move(on_ec2(), there, pool_types=("g6.2xlarge",))
    assert "the plan needs g6.2xlarge" in words(unknown)
    assert action(unknown) == (ActionType.RIGHTSIZE, Effort.MEDIUM)
    same = replace(other, types_today=("g6.2xlarge",))
    assert "launch template" not in words(same)
    assert action(same) == (ActionType.RIGHTSIZE, Effort.VERY_LOW)


def test_fewer_tasks_are_a_step_of_services() -> None:
    fewer = Move(
        placement("api", 9.0, 1.0),
        task(),
        tasks_mean=4.92,
        tasks_max=12,
        tasks_mean_today=7.34,
        tasks_max_today=19.0,
    )
    assert "7.3 → 4.9 on average, 19 → 12 at most" in words(fewer)
    assert "7.3" not in words(replace(fewer, task=task(kind=WorkloadKind.SCHEDULED)))
    alone = placement("api", 9.0, 1.0, capacity_option="ON_DEMAND")
    assert action(replace(fewer, place=alone)) == (ActionType.SCALE_IN, Effort.VERY_LOW)
    assert "on average" not in words(replace(fewer, tasks_mean=7.34, tasks_max=19))


def test_explain_says_how_the_number_of_tasks_falls() -> None:
    assert "tasks  3.5 → 2.5 on average, 6 → 5 at most" in explain(plan(), "checkout")
    assert (
        " → "
        not in explain(plan(), "thumbnails")
        .partition("What to do")[0]
        .partition("Advice")[2]
        .partition("Size")[0]
    )


def test_what_grows_costs_more_and_never_saves_less_than_nothing() -> None:
    todo = replace(
        plan().recommendations[0],
        action_type="Rightsize",
        resource_id="thumbnails",
        estimated_monthly_savings_usd=-252.0,
    )
    bigger = placement("thumbnails", 100.0, 352.0, task_vcpu=2.0)
    whole = plan()
    grown = replace(
        whole, recommendations=(todo,), placements=(whole.placements[0], bigger, whole.placements[2])
    )
    text = markdown(grown)
    assert "grow, costs $252.00 more a month, it is under-provisioned" in text
    assert "−$252" not in text
    text = explain(grown, "thumbnails")
    assert "costs  $252.00 more a month (252%)" in text
    assert "grow: costs $252.00 more a month, it is under-provisioned;" in text


def test_a_move_to_arm_that_is_one_to_spot_too_says_so() -> None:
    todo = replace(plan().recommendations[0], action_type="MigrateToGraviton")
    whole = replace(plan(), recommendations=(todo,))
    assert "move to Spot and ARM" in markdown(whole)
    assert "move to Spot and ARM" in explain(whole, "thumbnails")


def test_commitments_come_last_and_say_that_they_are_counted_already() -> None:
    bought = replace(plan().commitments[0], kind="EC2_INSTANCE_SP", scope="c6a", monthly_savings_usd=9e9)
    todo = of_commitment(bought, 30.0)
    assert todo.resource_id == "1-yr EC2 Instance Savings Plan c6a us-east-1, no upfront"
    assert "included in the workloads' savings above" in todo.recommended_summary
    assert "included in the workloads' savings above" in todo.evidence
    assert "included in the workloads' savings above" in " ".join(table(plan()).split())
    assert "included in the workloads' savings above" in markdown(replace(plan(), recommendations=(todo,)))


NAMES = {
    "COMPUTE_SP": "Compute Savings Plan",
    "EC2_INSTANCE_SP": "EC2 Instance Savings Plan",
    "RI_STANDARD": "standard Reserved Instance",
    "RI_CONVERTIBLE": "convertible Reserved Instance",
}


def test_the_names_of_commitments_are_the_same_in_actions_and_reports() -> None:
    for kind in CommitmentKind:
        for count, before in ((None, ""), (3, "3 × ")):
            bought = replace(plan().commitments[0], kind=kind.value, scope="c6a", count=count)
            name = f"{before}1-yr {NAMES[kind]} c6a us-east-1, no upfront"
            assert commitment_name(bought) == name
            assert of_commitment(bought, 30.0).resource_id == name
            assert name in " ".join(table(replace(plan(), commitments=(bought,))).split())


def spread_out(*amounts: tuple[float, float]) -> Plan:
    """Return the plan with placements that cost what is given, before and after."""
    whole = plan(("checkout", "thumbnails", "search", "nightly"))
    placed = tuple(
        replace(p, baseline_monthly_cost_usd=a, monthly_cost_usd=b, estimated_price=False)
        for p, (a, b) in zip(whole.placements, amounts, strict=True)
    )
    before, after = (sum(pair[i] for pair in amounts) for i in (0, 1))
    return replace(
        whole,
        placements=placed,
        baseline_monthly_cost_usd=before,
        monthly_cost_usd=after,
        price_range_usd=(after, after),
    )


def test_shares_come_from_exact_amounts_and_small_amounts_are_shown_as_such() -> None:
    rows = {r.workload: r for r in view(spread_out((0.9, 0.4), (200.0, 199.7), (1.6, 0.2))).rows}
    assert (rows["checkout"].moved, rows["checkout"].share) == ("−$1", "56%")
    assert rows["checkout"].monthly == "<$1"
    assert (rows["thumbnails"].moved, rows["thumbnails"].share) == ("−<$1", "0%")
    assert rows["search"].monthly == "<$1"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0.0, 500.0), st.floats(0.0, 500.0)), min_size=3, max_size=3))
def test_what_a_row_says_moved_has_the_sign_of_what_moved(amounts: list[tuple[float, float]]) -> None:
    whole = spread_out(*amounts)
    by_name = dict(zip((p.workload_id for p in whole.placements), amounts, strict=True))
    for row in view(whole).rows:
        before, after = by_name[row.workload]
        if after < before - 1e-5:
            assert row.moved.startswith("−")
        elif after > before + 1e-5:
            assert row.moved.startswith("+")


def test_the_bound_and_the_gap_are_of_the_same_figure() -> None:
    cash = replace(
        plan(), operations_monthly_usd=None, monthly_cost_usd=2432.4, lower_bound_monthly_usd=2135.6
    )
    assert proof(cash, Decimal(1)) == (
        "Proven: in this model and for this demand, no plan costs less than $2,135 (gap 12.2%)",
        "This plan is at most $297 (12.2% of the cost) above the cheapest possible plan",
    )
    people = replace(cash, operations_monthly_usd=1000.0)
    assert "plan $2,432 + people $1,000 = $3,432; " in proof(people, Decimal(1))[0]
    assert "no plan costs less than $2,135 (gap 37.8%)" in proof(people, Decimal(1))[0]


def test_what_is_owned_and_what_of_it_goes_unused_is_said() -> None:
    for text in (table(plan(), width=120), markdown(plan()).replace("\\", "")):
        assert "Includes $29 a month for commitments you already own" in text
        assert "$3 a month of what you already committed to goes unused in this plan" in text


def test_how_much_of_the_saving_is_against_our_own_estimate_is_said() -> None:
    whole = plan()
    assert "of the saving is against" not in table(whole)
    third = replace(whole.placements[2], monthly_cost_usd=42.5)
    text = table(replace(whole, placements=(*whole.placements[:2], third)), width=120)
    assert "$487 of the saving is against our own estimate of today" in " ".join(text.split())


def test_every_kind_of_price_has_its_dates_and_rework_is_no_price() -> None:
    assert price_dates(plan()) == (
        "Prices: EC2 on-demand 2026-07-18, Fargate Spot 2026-07-19 to 2026-07-20 (some estimated)"
    )


def test_no_range_is_without_width() -> None:
    point = replace(plan().placements[1], monthly_cost_low_usd=60.95, monthly_cost_high_usd=60.951)
    whole = replace(plan(), placements=(plan().placements[0], point, plan().placements[2]))
    assert "$140.45 to $140.45" not in explain(whole, "thumbnails")
    assert "$140 to $141" in markdown(whole).replace("\\", "")


def test_rules_of_thumb_name_workloads_with_dollars() -> None:
    rule = plan().folk_rules[2]
    assert folk_line(rule).endswith("(would cost $34 a month more: search $31, checkout $3, thumbnails <$1)")
    assert folk_line(rule, 2).endswith("(would cost $34 a month more: search $31, checkout $3 and 1 more)")


def test_a_steady_service_with_a_rhythm_is_no_periodic_work() -> None:
    classes = {"always": "STEADY_STATE", "rush": "BURST", "noise": "BURST", "nightly": "BATCH"}
    strength = {"always": 0.95, "rush": 0.9, "noise": 0.1, "nightly": None}
    ways = [
        outcome(name, f"{launch} ON_DEMAND X86_64", usd)
        for name in classes
        for launch, usd in (("FARGATE", 20.0), ("EC2", 10.0))
    ]
    rules = folk_rules(
        [placement(name, 20.0, 10.0, launch_type="EC2") for name in classes],
        (),
        pl.DataFrame(ways, schema=OUTCOMES, orient="row"),
        {n: {"workload_class": c, "period_strength": strength[n]} for n, c in classes.items()},
        dict.fromkeys(classes, 2.0),
        Config(),
    )
    assert {e["workload_id"] for e in rules[3].counter_examples} == {"rush", "nightly"}
    assert rules[0].rule == "large (8 vCPU or more on average) and price-conscious → EC2"
    assert rules[2].rule == "small (1 vCPU or less on average) or bursty → Fargate"


def test_explain_says_when_a_change_is_not_worth_it() -> None:
    text = explain(replace(plan(), recommendations=()), "thumbnails")
    assert "not worth a change: it would save less a month than plan.min_savings_usd asks for" in text
    assert "not worth a change" not in explain(plan(), "thumbnails")
    assert "not worth a change" not in explain(plan(), "search"), "it is unchanged"


def test_explain_lists_only_the_commitments_that_can_reach_the_workload() -> None:
    base = plan().commitments[0]
    ours = replace(base, kind="EC2_INSTANCE_SP", scope="m7g")
    far = replace(ours, region="eu-west-1")
    other = replace(ours, scope="c6a")
    text = " ".join(explain(replace(plan(), commitments=(base, ours, far, other)), "checkout").split())
    assert (
        "can reach it: 1-yr Compute Savings Plan, no upfront. If what it covers falls 30%: loses $12.50"
        in text
    )
    assert "1-yr EC2 Instance Savings Plan m7g" in text
    assert "eu-west-1" not in text
    assert "c6a" not in text
    assert "can reach it" not in explain(plan(), "thumbnails"), "no plan reaches Spot"


def test_a_pool_that_keeps_its_size_has_one_number() -> None:
    pool = plan().pools[0]
    assert words_of.pool_size(pool) == "1 to 4 instances, 2.5 on average"
    assert words_of.pool_size(replace(pool, min_instances=2, max_instances=2)) == "2 instances"


def test_the_money_lost_to_fargate_sizes_is_said_for_the_fleet_and_the_workload() -> None:
    assert "rounding up to them costs $4 a month" in table(plan(), width=120)
    whole = plan()
    waste = whole.outcomes.with_columns(lattice_waste_monthly_usd=pl.lit(1.23))
    text = explain(replace(whole, outcomes=waste), "thumbnails")
    assert "rounding up to a Fargate task size costs $1.23 a month of it" in text


def ended(*argv: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(argv))
    return int(end.value.code or 0)


def test_demo_data_writes_into_no_folder_that_holds_files(capsys, alone) -> None:
    (alone / "mine").mkdir()
    (alone / "mine" / "workloads.csv").write_text("my own")
    few = ("--workloads", "2", "--days", "1")
    assert ended("demo-data", "mine", *few) == 1
    assert "--force" in capsys.readouterr().err
    assert (alone / "mine" / "workloads.csv").read_text() == "my own"
    assert ended("demo-data", "mine", *few, "--force") == 0
    assert (alone / "mine" / "workloads.csv").read_text() != "my own"


def test_a_format_that_contradicts_the_suffix_is_a_wrong_flag(capsys, alone) -> None:
    assert ended("recommend", "nowhere", "-f", "csv", "-o", "plan.json") == 2
    assert "plan.json" in capsys.readouterr().err
    assert ended("recommend", "nowhere", "-f", "json", "-o", "plan.json") == 1, "only the source is missing"
    assert ended("recommend", "nowhere", "-f", "json", "-o", "plan.out") == 1


def test_a_workload_that_only_gets_fewer_tasks_is_not_called_unchanged() -> None:
    whole = plan()
    todo = replace(whole.recommendations[0], action_type="ScaleIn", resource_id="search")
    rows = {r.workload: r.advised for r in view(replace(whole, recommendations=(todo,))).rows}
    assert rows["search"] == "same, fewer tasks"
    assert {r.workload: r.advised for r in view(whole).rows}["search"] == "unchanged"


@pytest.mark.parametrize("seed", range(3))
def test_actions_of_a_real_plan_are_ranked_and_none_loses_money_without_growing(seed: int) -> None:
    made = advise(estate(seed), load_catalog(), Config())
    ids = {p.workload_id for p in made.placements}
    of_workloads = [r.resource_id in ids for r in made.recommendations]
    assert of_workloads == sorted(of_workloads, reverse=True), "commitments come last"
    assert [r.rank for r in made.recommendations] == list(range(1, len(of_workloads) + 1))
    text = markdown(made)
    for todo in made.recommendations:
        assert todo.steps
        if todo.estimated_monthly_savings_usd < 0:
            assert f"**{todo.resource_id}**: right-size" not in text
