"""From a key on a slider to the redrawn result, in a browser: median and p95, and where the time goes. `make bench` prints it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

sys.path.append(str(Path(__file__).parents[1] / "e2e"))
from browser import LAB, ROOT, chromium, needs_browser, serving, watched

SHOP = ROOT / "data" / "shop"
MOVES = 24
WATCH = """
const Native = WebSocket;
window.WebSocket = class extends Native {
  constructor(...given) { super(...given); this.addEventListener("message", () => { window.heard = performance.now(); }); }
  send(data) { window.sent ??= performance.now(); super.send(data); }
};
window.moves = [];
window.listen = (handle) => {
  let began = null;
  const seen = new MutationObserver(() => {
    if (began === null || !window.sent) return;
    const [from, sent, heard] = [began, window.sent, window.heard];
    began = null;
    requestAnimationFrame(() => setTimeout(() => window.moves.push([from, sent, heard, performance.now()])));
  });
  for (const line of document.querySelectorAll(".widget-html:has(.adv-headline) .widget-html-content"))
    seen.observe(line, { childList: true, subtree: true, characterData: true });
  handle.addEventListener("keydown", () => { window.sent = null; began = performance.now(); }, true);
};
"""
"""Written before the page's own scripts: when a key was pressed, a message left and came, and the text was painted."""
CELL = """
import json, time
from pathlib import Path
from advisor import advise, load_catalog, read_usage
from advisor.notebook.tune import tune_panel

panel = tune_panel(advise(read_usage({source!r}), load_catalog()))
ask, draw, spent, log = panel.session.ask, panel.session.tell, {{}}, Path({log!r})

def asked(config):
    began = time.perf_counter()
    try:
        return ask(config)
    finally:
        spent["answer"] = time.perf_counter() - began

def told(answer):
    began = time.perf_counter()
    draw(answer)
    if answer.guess is not None and answer.doing == "waiting for rest":
        with log.open("a") as lines:
            print(json.dumps([spent.pop("answer"), time.perf_counter() - began]), file=lines)

panel.session.ask, panel.session.tell = asked, told
panel.view
"""


def book(path: Path, source: str) -> None:
    """Write a notebook of one cell."""
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel)
    nbformat.write(made, path)


@pytest.mark.bench
@needs_browser
@pytest.mark.parametrize("workloads", [40, 1000])
def test_slider_to_redraw_in_a_browser(workloads: int, tmp_path: Path) -> None:
    source = SHOP
    if workloads != 40:
        source = tmp_path / "fleet"
        made = [sys.executable, "-m", "advisor", "demo-data", str(source), "--workloads", str(workloads)]
        subprocess.run(made, check=True, capture_output=True)
    log, home = tmp_path / "kernel.jsonl", tmp_path / "home"
    home.mkdir()
    book(tmp_path / "bench.ipynb", CELL.format(source=str(source), log=str(log)))
    server = (*LAB, "--IdentityProvider.token=t", f"--ServerApp.root_dir={tmp_path}")
    with (
        serving(home, *server, path="/api/status?token=t") as address,
        chromium() as browser,
        watched(browser) as seen,
    ):
        page = seen.page
        page.set_default_timeout(600_000)
        page.add_init_script(WATCH)
        page.goto(f"{address}/lab/tree/bench.ipynb?token=t", wait_until="commit")
        page.locator(".jp-StatusBar-TextItem:text-matches('ipykernel.*Idle')").first.wait_for()
        page.locator(".lm-MenuBar-itemLabel:text-is('Run')").click()
        page.locator(".lm-Menu li[data-command='runmenu:run-all']").click()
        for label, key in (("Demand, %", "ArrowRight"), ("People's time, $ an hour", "ArrowRight")):
            handle = page.locator(f'.widget-slider:has(label:text-is("{label}")) .noUi-handle')
            handle.wait_for()
            handle.evaluate("handle => window.listen(handle)")
            page.evaluate("window.moves = []")
            log.unlink(missing_ok=True)
            handle.focus()
            for number in range(MOVES):
                handle.press(key if number % 16 < 12 else "ArrowLeft")
                page.wait_for_function(f"window.moves.length > {number}")
            told(workloads, label, page.evaluate("window.moves"), log)


def told(workloads: int, label: str, moves: list[list[float]], log: Path) -> None:
    """Print how long moves took, and where that went."""
    whole = sorted(done - began for began, _, _, done in moves)
    median, p95 = statistics.median(whole), whole[int(0.95 * (len(whole) - 1))]
    kernel = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    there = statistics.median(sent - began for began, sent, _, _ in moves)
    away = statistics.median(heard - sent for _, sent, heard, _ in moves)
    paint = statistics.median(done - heard for _, _, heard, done in moves)
    answer, draw = (1e3 * statistics.median(k[n] for k in kernel) if kernel else 0.0 for n in (0, 1))
    print(f"\n{workloads} workloads, “{label}”, {len(moves)} keys: median {median:.0f} ms, p95 {p95:.0f} ms")
    print(
        f"  medians: key to wire {there:.0f} ms, kernel's answer {answer:.0f} ms, its text and messages {draw:.0f} ms,"
        f" wire and queues {away - answer - draw:.0f} ms, paint {paint:.0f} ms"
    )


@pytest.mark.bench
@pytest.mark.parametrize("name", ["01_quickstart", "03_what_if", "04_commitments"])
def test_size_of_a_saved_notebook(name: str) -> None:
    made: Any = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)
    where = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(made, timeout=600, kernel_name="python3", resources=where).execute()
    print(f"\n{name}: {len(nbformat.writes(made).encode()) / 1e6:.2f} MB saved with its widgets")
