"""The main job on the bundled company: what it prints, and that it prints the same whatever the machine does."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

SHOP = str(Path(__file__).parents[2] / "data" / "shop")
EXPLAINED = ("checkout", "video-transcode", "legacy-iis", "recs-inference", "image-resize", "shipping")
"""A steady service, a batch job, Windows, a GPU, a burst on Spot, and one that needs more than it has."""


def test_the_table(golden, command) -> None:
    done = command("recommend", SHOP)
    assert done.returncode == 0, done.stderr
    golden("demo/recommend.txt", done.stdout)


@pytest.fixture
def planned(command, tmp_path: Path):
    """Return the command after `recommend` has kept its run."""
    assert command("recommend", SHOP, "-o", str(tmp_path / "plan.json")).returncode == 0
    return command


def test_what_explain_says(golden, planned) -> None:
    for workload in EXPLAINED:
        done = planned("explain", workload)
        assert done.returncode == 0, done.stderr
        golden(f"demo/explain_{workload}.txt", done.stdout)
    golden("demo/explain_rejected.txt", planned("explain", "--rejected").stdout)


def test_what_rules_cost(golden, command) -> None:
    asked = [
        f"--rule={name}" for name in ("spread", "types", "three-zones", "x86-only", "no-spot", "half-spot")
    ]
    done = command("rules", SHOP, *asked)
    assert done.returncode == 0, done.stderr
    golden("demo/rules.txt", done.stdout)


def test_the_document_keeps_its_schema_and_is_audited(planned, tmp_path: Path) -> None:
    import jsonschema

    document = json.loads((tmp_path / "plan.json").read_text())
    jsonschema.validate(document, json.loads(planned("schema", "plan").stdout))
    assert set(document["audit"].values()) == {"ok"}
    assert document["lower_bound_monthly_usd"] <= document["monthly_cost_usd"]


@pytest.mark.slow
def test_the_same_bytes_for_any_thread_count_and_hash_seed(command) -> None:
    digests = {
        hashlib.sha256(
            command(
                "recommend",
                SHOP,
                "--format",
                "json",
                POLARS_MAX_THREADS=threads,
                RAYON_NUM_THREADS=threads,
                PYTHONHASHSEED=seed,
            ).stdout.encode()
        ).hexdigest()
        for threads, seed in (("1", "0"), ("2", "1"), ("4", "2"), ("8", "3"))
    }
    assert len(digests) == 1
