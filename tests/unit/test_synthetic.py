"""The demo company: reproducible, complete, lawful, and any size."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from advisor import schema
from advisor.errors import InputError
from advisor.usage.synthetic import write_demo

SHOP = Path(__file__).parents[2] / "data" / "shop"
FILES = ("commitments.csv", "instances.csv", "runs.csv", "usage.parquet", "workloads.csv")


def table(folder: Path, name: str) -> pl.DataFrame:
    wanted = schema.dtypes(schema.TABLES[name])
    return pl.read_csv(folder / f"{name}.csv", schema_overrides=wanted)


@pytest.fixture(scope="module")
def usage() -> pl.DataFrame:
    return pl.read_parquet(SHOP / "usage.parquet")


@pytest.fixture(scope="module")
def workloads() -> pl.DataFrame:
    return table(SHOP, "workloads")


def test_shop_is_what_the_generator_makes(tmp_path: Path) -> None:
    summary = write_demo(tmp_path)
    assert sorted(p.name for p in summary.files) == sorted(FILES) == sorted(p.name for p in SHOP.iterdir())
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (SHOP / name).read_bytes(), (
            f"{name}: run the generator again"
        )


def test_shop_is_small() -> None:
    assert sum(p.stat().st_size for p in SHOP.iterdir()) < 2_000_000


def test_another_seed_is_another_fleet(tmp_path: Path, usage: pl.DataFrame) -> None:
    write_demo(tmp_path, seed=8)
    other = pl.read_parquet(tmp_path / "usage.parquet")
    assert not other["vcpu_used_mean"].equals(usage["vcpu_used_mean"])
    assert table(tmp_path, "workloads").equals(table(SHOP, "workloads"))


def test_every_trait_is_there(workloads: pl.DataFrame) -> None:
    w = workloads
    assert w.height == 40 and w["workload_id"].n_unique() == 40
    assert w["account_id"].unique().to_list() == ["001234567890"]
    assert set(w["kind"]) == {"SERVICE", "SCHEDULED", "STANDALONE", "DAEMON"}
    assert set(w["launch_type"]) == {"FARGATE", "EC2"}
    assert set(w["capacity_option"]) == {"ON_DEMAND", "SPOT"}
    assert set(w["operating_system"]) == {"LINUX", "WINDOWS"}
    assert set(w["cpu_architecture"]) == {"X86_64", "ARM64"}
    assert w["region"].n_unique() == 2
    for trait in ("privileged", "assign_public_ip", "arm_ready", "interruptible"):
        assert {True, False} <= set(w[trait]), trait
    for known in ("host_ports", "volumes", "placement_constraints", "ephemeral_storage_gib", "max_tasks"):
        assert 0 < w[known].drop_nulls().len() < w.height, known
    assert w["gpus"].sum() == 1
    assert w["task_vcpu"].null_count() == 1


def test_every_oddity_is_in_the_usage(usage: pl.DataFrame, workloads: pl.DataFrame) -> None:
    span = usage.group_by("workload_id").agg((pl.col("start").max() - pl.col("start").min()).alias("span"))
    days = dict(span.select("workload_id", pl.col("span").dt.total_hours() / 24).iter_rows())
    assert days["coupon-service"] < 3 and min(d for w, d in days.items() if w != "coupon-service") > 34
    share = usage.join(
        workloads.select("workload_id", "task_vcpu", "launch_type"), on="workload_id"
    ).with_columns(share=pl.col("vcpu_used_mean") / pl.col("task_vcpu"))
    means = dict(share.group_by("workload_id").agg(pl.col("share").mean()).iter_rows())
    assert means["graphql-gateway"] > 0.99
    assert means["shipping"] > 1.0 and means["reviews"] < 0.005
    fargate = share.filter(pl.col("launch_type") == "FARGATE")
    assert fargate.filter(pl.col("vcpu_used_max") > pl.col("task_vcpu")).is_empty()
    blind = usage.filter(pl.col("workload_id") == "feature-flags")
    assert blind["memory_used_mib_max"].null_count() == blind.height


def test_usage_is_lawful(usage: pl.DataFrame) -> None:
    assert usage.columns == [c.name for c in schema.USAGE]
    assert not usage.select("workload_id", "start").is_duplicated().any()
    assert usage.filter(pl.col("vcpu_used_max") < pl.col("vcpu_used_mean") - 1e-3).is_empty()
    assert usage.filter(pl.col("memory_used_mib_max") < pl.col("memory_used_mib_mean") - 0.2).is_empty()
    idle = usage.filter(pl.col("tasks") == 0)
    assert idle["vcpu_used_mean"].null_count() == idle.height > 0


def test_runs_agree_with_usage(usage: pl.DataFrame) -> None:
    runs = table(SHOP, "runs")
    ordered = (
        (pl.col("created_at") < pl.col("pull_started_at"))
        & (pl.col("pull_started_at") < pl.col("started_at"))
        & (pl.col("started_at") < pl.col("stopped_at"))
    )
    assert runs.select(ordered.all()).item()
    ran = runs.group_by("workload_id").agg(
        (pl.col("stopped_at") - pl.col("started_at")).dt.total_seconds().sum().alias("ran_s")
    )
    seen = usage.group_by("workload_id").agg((pl.col("tasks") * pl.col("interval_s")).sum().alias("seen_s"))
    both = ran.join(seen, on="workload_id")
    assert both.height == 8
    # Tasks are written with four decimals: at most 0.18 s an hour.
    assert both.select(((pl.col("ran_s") - pl.col("seen_s")).abs() <= 0.18 * 840).all()).item()


def test_finer_rows_tell_the_same_story(tmp_path: Path, usage: pl.DataFrame) -> None:
    write_demo(tmp_path, workloads=3, days=2, interval_s=300)
    fine = pl.read_parquet(tmp_path / "usage.parquet")
    hours = fine.group_by("workload_id", pl.col("start").dt.truncate("1h")).agg(
        pl.col("vcpu_used_mean").mean(), pl.col("vcpu_used_max").max()
    )
    both = hours.join(usage, on=["workload_id", "start"])
    assert both.height > 100
    assert both.select((pl.col("vcpu_used_mean") - pl.col("vcpu_used_mean_right")).abs().max()).item() < 2e-4
    assert both["vcpu_used_max"].equals(both["vcpu_used_max_right"], null_equal=True)


def test_any_size_as_csv(tmp_path: Path) -> None:
    summary = write_demo(tmp_path, workloads=60, days=3, format="csv")
    rows = pl.read_csv(tmp_path / "usage.csv")
    assert rows["workload_id"].n_unique() == summary.workloads == table(tmp_path, "workloads").height == 60
    assert rows.height == summary.usage_rows
    ids = table(tmp_path, "workloads")["workload_id"]
    assert table(tmp_path, "runs")["workload_id"].is_in(ids.implode()).all()


@pytest.mark.parametrize("wrong", [{"workloads": 0}, {"days": 0}, {"interval_s": 7}, {"interval_s": 7200}])
def test_out_of_range_is_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        write_demo(tmp_path, **wrong)  # type: ignore[arg-type]
