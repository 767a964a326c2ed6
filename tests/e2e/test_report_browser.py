"""Reports with an attack for every name, opened in a real browser: nothing runs, nothing is asked for, nothing hangs over."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes_plan import plan
from fakes_report import diff, hostile, hostile_diff, hostile_savings, savings
from needs import browser

from advisor.report.pages import KINDS, render_report, report_mail

CHECKS = """() => ({
    owned: typeof window.owned,
    scripts: document.scripts.length,
    loaded: performance.getEntriesByType('resource').length,
    handlers: [...document.querySelectorAll('*')].filter(
        e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    links: [...document.querySelectorAll('[href],[src]')].map(
        e => e.getAttribute('href') || e.getAttribute('src')).filter(u => !u.startsWith('#') && !u.startsWith('cid:')),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    ground: getComputedStyle(document.body).backgroundColor,
    headings: [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1]),
    unnamed: [...document.querySelectorAll('[role=img],[role=region]')].filter(e => !e.getAttribute('aria-label')).length,
    bare: [...document.querySelectorAll('main table')].filter(t => !t.caption || !t.querySelector('th[scope=col]')).length,
    dangling: [...document.querySelectorAll('a[href^="#"]')].filter(
        a => !document.getElementById(a.getAttribute('href').slice(1))).length,
})"""


@pytest.fixture(scope="module")
def chromium():
    path = browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def looked_at(chromium, file: Path, width: int = 1200, scheme: str = "light") -> dict:
    """Open a file as a reader does; return what is found, with every request and dialog."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked, dialogs = [], []
    page.on("request", lambda r: asked.append(r.url))
    page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
    page.goto(file.as_uri())
    page.wait_for_timeout(100)
    found = page.evaluate(CHECKS)
    context.close()
    return {**found, "asked": asked, "dialogs": dialogs}


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_do_nothing(chromium, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(render_report(hostile(), kind, "html", diff=hostile_diff(), savings=hostile_savings()))
    found = looked_at(chromium, file)
    assert found["asked"] == [file.as_uri()]
    assert found["dialogs"] == []
    assert (found["owned"], found["scripts"], found["handlers"], found["loaded"]) == ("undefined", 0, 0, 0)
    assert found["links"] == []
    assert found["wide"] <= 0
    assert (found["unnamed"], found["bare"], found["dangling"]) == (0, 0, 0)


def test_a_hostile_mail_does_nothing(chromium, tmp_path: Path) -> None:
    file = tmp_path / "mail.html"
    sent = report_mail(hostile(), "finops", diff=hostile_diff(), savings=hostile_savings())
    file.write_text(sent.html, encoding="utf-8")
    found = looked_at(chromium, file)
    assert [url for url in found["asked"] if not url.startswith("cid:")] == [file.as_uri()]
    assert found["dialogs"] == []
    assert (found["owned"], found["scripts"], found["handlers"]) == ("undefined", 0, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [390, 1200])
def test_a_page_fits_its_window_and_follows_the_scheme(
    chromium, tmp_path: Path, kind: str, width: int
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(render_report(plan(), kind, "html", diff=diff(), savings=savings()))
    light, dark = (looked_at(chromium, file, width, scheme) for scheme in ("light", "dark"))
    assert light["wide"] <= 0
    assert (light["ground"], dark["ground"]) == ("rgb(255, 255, 255)", "rgb(17, 17, 17)")
    steps = [b - a for a, b in zip(light["headings"], light["headings"][1:], strict=False)]
    assert light["headings"][0] == 1 and max(steps) <= 1
