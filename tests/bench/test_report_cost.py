"""Time, memory and size of the reports, each format in a process of its own.

Run with pytest tests/bench/test_report_cost.py -q -s -m bench. Memory is the most that the process held, libraries included.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench
SIZES = (40, 2_000)
KINDS = {
    "finops": ("html", "pdf", "xlsx", "md", "json", "txt", "slack", "mail"),
    "executive": ("html", "pdf"),
    "team": ("html", "pdf"),
}
CHILD = """
import json, resource, sys, time
from advisor.report.plan_json import from_json
from advisor.report.pages import render_report, report_mail
path, kind, form = sys.argv[1:]
begin = time.perf_counter()
plan = from_json(open(path, encoding="utf-8").read())
read = time.perf_counter()
if form == "mail":
    made = report_mail(plan, kind)
    size = len(made.html.encode()) + len(made.text.encode()) + sum(len(i.content) for i in made.images)
else:
    size = len(render_report(plan, kind, form))
end = time.perf_counter()
print(json.dumps({
    "read": read - begin, "made": end - read, "cpu": time.process_time(), "size": size,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}))
"""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Return a run document for each size of company."""
    folder = tmp_path_factory.mktemp("companies")
    made = {}
    for size in SIZES:
        company, document = folder / f"company-{size}", folder / f"plan-{size}.json"
        for argv in (
            ("demo-data", str(company), "--workloads", str(size), "--seed", "7"),
            ("recommend", str(company), "-o", str(document), "--quiet"),
        ):
            ran = subprocess.run([sys.executable, "-m", "advisor", *argv], capture_output=True, text=True)
            assert ran.returncode in (0, 3), ran.stderr
        made[size] = document
    return made


def test_reports(documents: dict[int, Path]) -> None:
    print("\nworkloads  report     format      read      made       CPU    memory      size")
    for size, document in documents.items():
        for kind, forms in KINDS.items():
            for form in forms:
                ran = subprocess.run(
                    [sys.executable, "-c", CHILD, str(document), kind, form], capture_output=True, text=True
                )
                assert ran.returncode == 0, ran.stderr
                got = json.loads(ran.stdout)
                print(
                    f"{size:9,}  {kind:9}  {form:6} {got['read']:7.2f} s {got['made']:7.2f} s {got['cpu']:7.2f} s "
                    f"{got['memory'] / 2**20:5,.0f} MiB {got['size'] / 2**10:7,.0f} KiB"
                )
