"""`advisor report` from a run document, in this process, without planning or AWS."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from fakes_plan import plan
from needs import need_pdf

from advisor.__main__ import main
from advisor.report import render, write_report


def run(capsys, *argv: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(argv))
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


@pytest.fixture
def document(alone: Path) -> Path:
    path = alone / "plan.json"
    path.write_bytes(render(plan(), "json"))
    return path


def test_it_writes_every_format_by_suffix(document: Path, capsys) -> None:
    need_pdf()
    starts = {
        "html": b"<!DOCTYPE html>",
        "pdf": b"%PDF-",
        "xlsx": b"PK",
        "md": b"# FinOps",
        "json": b"{",
        "txt": b"FinOps",
    }
    for suffix, start in starts.items():
        code, out, err = run(capsys, "report", str(document), "-o", f"report.{suffix}")
        assert (code, out) == (0, "")
        assert f"written: report.{suffix}" in err
        assert Path(f"report.{suffix}").read_bytes().startswith(start)


def test_it_says_what_changed_since_an_earlier_run(document: Path, capsys) -> None:
    code, out, err = run(capsys, "report", str(document), "--since", str(document))
    assert (code, err) == (0, "")
    assert "Spend has not moved since the report on usage to 2026-07-31." in out


def test_it_masks_and_speaks_slack(document: Path, capsys) -> None:
    code, out, _ = run(capsys, "report", str(document), "-k", "executive", "-f", "slack", "--mask-accounts")
    assert code == 0
    assert json.loads(out)["blocks"]
    assert "001234567890" not in out


def test_one_team_by_name(document: Path, capsys) -> None:
    code, out, _ = run(capsys, "report", str(document), "--kind", "team", "--team", "shop")
    assert code == 0
    assert "checkout" in out and "thumbnails" not in out
    code, _, err = run(capsys, "report", str(document), "--kind", "team", "--team", "nobody")
    assert code == 1
    assert "no workload is owned by 'nobody'" in err


def test_it_loads_neither_solver_nor_sdk(document: Path, capsys) -> None:
    before = {name for name in sys.modules if name.startswith(("boto3", "advisor.pipeline", "advisor.usage"))}
    run(capsys, "report", str(document), "--kind", "executive")
    after = {name for name in sys.modules if name.startswith(("boto3", "advisor.pipeline", "advisor.usage"))}
    assert after == before


def test_write_report_makes_pages_too(document: Path) -> None:
    assert write_report(plan(), "plan.html").read_bytes().startswith(b"<!DOCTYPE html>")
    assert write_report(plan(), "plan.xlsx").read_bytes().startswith(b"PK")
