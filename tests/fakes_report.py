"""What happens beside a plan, built by hand: an earlier run, decisions, names that attack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fakes_plan import HOSTILE, plan

from advisor.history import AdviceChange, RunDiff, Saving, Stage
from advisor.model import INCLUDED, Plan

CORPUS = (
    *HOSTILE,
    '"><img src=x onerror="window.owned=1">',
    "javascript:alert(1)//https://evil.example/x",
    "{{7*7}}{% raw %}${7*7}",
    "+SUM(A1)|cmd' /C calc'!A0",
    "＝1+1",
    "\ufeff =1+1",
    "../../etc/passwd",
    "<!channel> <@U1> *bold* _it_ ~no~ `code`",
    "</style><script>window.owned=1</script>",
    "https://evil.example/pixel.png",
    "nul\x00vt\x0bfs\x1c",
    "x" * 5_000,
    "& < > ' \" url(http://evil.example/) @import",
    "a\u2028b\u2029c\u200bd",
)
"""Names for workloads, teams, pools and people; each attacks another reader."""


def diff(name: str = "search") -> RunDiff:
    """Return what changed in a week."""
    return RunDiff(
        name="shop",
        window_before=("2026-06-24T00:00:00+00:00", "2026-07-24T00:00:00+00:00"),
        window_after=("2026-07-01T00:00:00+00:00", "2026-07-31T00:00:00+00:00"),
        baseline_before_usd=1501.25,
        baseline_after_usd=1411.305,
        cost_before_usd=1020.0,
        cost_after_usd=1005.9,
        bound_before_usd=1001.0,
        bound_after_usd=995.9,
        workloads_new=("thumbnails",),
        workloads_gone=("old-api",),
        advice=(
            AdviceChange("thumbnails", "added", None, "Fargate Spot X86_64", None, 140.45, "the workload is new"),
            AdviceChange(
                "old-api", "removed", "Fargate ARM64", None, 22.5, None, "the workload is gone"
            ),
            AdviceChange(
                name, "changed", "EC2 X86_64", "EC2 pool web ARM64", 240.1, 268.155, "it needs another size: 1 vCPU/2 GiB → 0.5 vCPU/1 GiB"
            ),
        ),
        unchanged_count=1,
        catalog_changed=False,
        settings_changed=False,
    )  # fmt: skip


def savings(reason: str = "after the holidays") -> tuple[Saving, ...]:
    """Return a ledger with one line in each stage that a person brings about."""
    return (
        Saving("checkout", Stage.ACCEPTED, "EC2 pool web ARM64", "2026-07-10T23:00:00+00:00", 268.155, person="Ada"),
        Saving("resizer", Stage.SEEN, "Fargate Spot ARM64", "2026-05-10T23:00:00+00:00", 90.0, 84.5, person="Grace"),
        Saving(
            "1-yr Compute Savings Plan, no upfront", Stage.IDENTIFIED, f"buy it ({INCLUDED})", "2026-07-10T23:00:00+00:00", 81.25
        ),
        Saving("thumbnails", Stage.SNOOZED, "Fargate Spot", "2026-07-10T23:00:00+00:00", 60.4, None, reason, "Ada", date(2026, 9, 1)),
        Saving("mailer", Stage.DISMISSED, "Fargate Spot", "2026-06-10T23:00:00+00:00", 12.3, None, "must not stop", "Bob"),
    )  # fmt: skip


def hostile() -> Plan:
    """Return a plan in which every text that somebody else writes is an attack."""
    made = plan(CORPUS)
    evil = iter(CORPUS * 40)
    return replace(
        made,
        name=next(evil),
        regions=(next(evil),),
        recommendations=tuple(
            replace(
                r, owner=next(evil), current_summary=next(evil), recommended_summary=next(evil), evidence=next(evil),
                steps=(next(evil), next(evil)),
            )
            for r in made.recommendations
        ),
        assumptions=CORPUS,
        notes=CORPUS,
        warnings=CORPUS[:3],
        rejections=tuple(replace(r, reason=next(evil)) for r in made.rejections),
    )  # fmt: skip


def hostile_diff() -> RunDiff:
    """Return changes whose every text is an attack."""
    calm = diff()
    advice = tuple(AdviceChange(text, "changed", text, text, 1.0, 2.0, text) for text in CORPUS)
    return replace(calm, name=CORPUS[0], workloads_new=CORPUS, workloads_gone=CORPUS, advice=advice)


def hostile_savings() -> tuple[Saving, ...]:
    """Return a ledger whose every text is an attack."""
    return tuple(Saving(text, Stage.DISMISSED, text, "2026-07-10", 5.0, None, text, text) for text in CORPUS)
