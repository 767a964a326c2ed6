"""What browser tests share: a Jupyter server of this checkout on 127.0.0.1, and Chromium with everything it asks for written down."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "tests" / "artifacts"
INSTALL = "apt-get install -y --no-install-recommends chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
PATIENCE_S = 180
"""Nothing waits for a time, all wait for a thing; this is when a busy machine has given up on it."""

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason=f"there is no Chromium: {INSTALL}"
)
VIEWS = {
    "Savings": "From today to the plan",
    "Packing": "in a typical hour",
    "Hours by load": "What runs all the time",
    "Whole fleets": "Cost against effort",
    "Fleet": "over time",
}
"""View of `explore` → words of its chart."""
LAB = ("-m", "jupyterlab", "--allow-root")
VOILA = ("-m", "voila", "--template=advisor", "--theme=auto")


@dataclass
class Watched:
    """A page, and what it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def abroad(self) -> list[str]:
        """Return what it asked of any other machine than this."""
        away = [u for u in self.requests if urlsplit(u).scheme not in ("data", "blob", "about")]
        return [u for u in away if urlsplit(u).hostname != "127.0.0.1"]

    def shoot(self, name: str) -> None:
        """Keep a picture for people to look at."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")


@contextmanager
def serving(home: Path, *argv: str, path: str = "/") -> Iterator[str]:
    """Start a server in a home of its own and give its address once it answers.

    Args:
        argv: of Python; a port is added.
        path: that is asked until it answers.
    """
    port, log = free_port(), home / "server.log"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ADVISOR_", "AWS_", "XDG_", "JUPYTER"))}
    own = {
        "HOME": str(home),
        "ADVISOR_DATA_DIR": str(home / "data"),
        "ADVISOR_STATE_DIR": str(home / "state"),
        "JUPYTER_CONFIG_PATH": str(ROOT / ".ci" / "jupyter"),
        "JUPYTER_PATH": str(ROOT / "notebooks"),
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, *argv, "--no-browser", f"--port={port}"]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=clean | own, stdout=out, stderr=out) as server,
    ):
        try:
            await_answer(f"http://127.0.0.1:{port}{path}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when a server answers; fail with its own words when it ends or never does."""
    opener, end = build_opener(ProxyHandler({})), time.monotonic() + PATIENCE_S
    while time.monotonic() < end and server.poll() is None:
        try:
            with opener.open(address, timeout=PATIENCE_S):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"{address} does not answer:\n{log.read_text()[-3000:]}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser that asks for nothing by itself."""
    assert CHROMIUM is not None, f"there is no Chromium: {INSTALL}"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(
    browser: Browser, scheme: str = "light", width: int = 1440, height: int = 1000
) -> Iterator[Watched]:
    """Give a new page in a light or dark system; where a test fails, a picture says what was there."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": height}
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    found = Watched(page)
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on("console", lambda said: found.errors.append(said.text) if said.type == "error" else None)
    try:
        yield found
    except BaseException:
        found.shoot("failed")
        raise


def slider(page: Page, label: str) -> Locator:
    """Return the handle of a slider by its label."""
    return page.locator(f".widget-slider:has(label:text-is('{label}')) .noUi-handle")


def readout(page: Page, label: str) -> str:
    """Return what a slider says that it is at."""
    return page.locator(f".widget-slider:has(label:text-is('{label}')) .widget-readout").inner_text()


def drag(page: Page, handle: Locator, pixels: int) -> None:
    """Drag by mouse, as a hand does: in steps."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels, y, steps=8)
    page.mouse.up()


def proven(page: Page, *words: str) -> str:
    """Wait until the plan that is argued with is settled and its headline holds these words; return it."""
    headline = page.locator(".adv-headline:has(.adv-kind:text-is('proven'))")
    for word in words:
        headline = headline.filter(has_text=word)
    headline.wait_for()
    return headline.inner_text()


def look_through(seen: Watched, name: str) -> None:
    """Show every view of the dashboard of a plan, and keep a picture of each."""
    page = seen.page
    for view, words in VIEWS.items():
        button = page.locator(f".widget-toggle-button:text-is('{view}')")
        button.scroll_into_view_if_needed()
        button.click()
        page.locator(".advisor-chart svg", has_text=words).wait_for()
        page.evaluate("document.querySelector('.advisor-strip').scrollIntoView()")
        seen.shoot(f"{name}_{view.lower().replace(' ', '_')}")
