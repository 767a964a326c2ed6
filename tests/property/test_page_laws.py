"""Laws of reports: any text survives every format as the text that it is, amounts reach any total."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.report.pages.cells import parts
from advisor.report.pages.document import document
from advisor.report.pages.html import html_of
from advisor.report.pages.mask import Mask
from advisor.report.pages.md import md
from advisor.report.pages.page import Column, Figure, Items, Page, Section, Table, Unit
from advisor.report.pages.plain import plain
from advisor.report.pages.slack import slack
from advisor.report.pages.xlsx import xlsx
from advisor.report.text import display_width, safe

TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["=1+1", "@x", "<b>", "{{x}}", "{=1}", "'=1", "http://a.example", "mailto:a@b", "internal:x!A1"]
    ),
)


def page(text: str, amounts: list[int]) -> Page:
    """Return a page that says one text wherever it can."""
    rows = tuple((text, Decimal(a), text) for a in amounts)
    columns = (Column("Workload"), Column("Saves", Unit.USD), Column("Owner"))
    table = Table("actions", text, columns, rows, ("All", Decimal(sum(amounts)), ""), note=text)
    section = Section("changes", text, (text, table, Items((text, text), numbered=True)))
    figure = Figure(text, text, text, text, text)
    return Page(
        "finops",
        text,
        text,
        text,
        text,
        (text,),
        text,
        (figure,),
        (section,),
        Decimal(1),
        (("inputs", "f00d"),),
        "2026-07-20",
    )


@given(TEXTS, st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_workbook_read_again_has_the_same_values(text: str, amounts: list[int]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(page(text, amounts))))
    for number, amount in enumerate(amounts, 3):
        name, money, owner = (book["Actions"].cell(number, i) for i in (1, 2, 3))
        assert (name.value or "") == (owner.value or "") == safe(text)
        assert money.value == amount and money.data_type == "n"
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


@given(TEXTS.filter(bool))
@settings(max_examples=150, deadline=None)
def test_no_text_becomes_markup(text: str) -> None:
    made = page(text, [1])
    whole = html_of(made, {})
    calm = html_of(page("x", [1]), {})
    assert re.findall(r"<[a-z/!][^ >]*", whole) == re.findall(r"<[a-z/!][^ >]*", calm)
    for block in json.loads(slack(made))["blocks"]:
        for said in [block["text"]] if "text" in block else block.get("fields") or block["elements"]:
            if said["type"] == "mrkdwn":
                assert "<" not in said["text"] and ">" not in said["text"]
    assert json.loads(document(made))["title"] == text
    marks = re.compile(r"(?<!\\)[<`*\[|]")
    assert marks.findall(md(made)) == marks.findall(md(page("x", [1])))
    assert all(display_width(line) <= 100 for line in plain(made).splitlines())


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30),
    st.integers(-3, 3),
    st.sampled_from([Decimal(1), Decimal("0.01")]),
)
def test_amounts_reach_any_total(amounts: list[float], off: int, step: Decimal) -> None:
    total = round(Decimal(str(sum(amounts))) / step) * step + off * step
    found = parts(amounts, total, step)
    assert sum(found) == total
    most = step * (2 + abs(off))
    assert all(abs(f - Decimal(str(a))) <= most for f, a in zip(found, amounts, strict=True))


@given(
    st.lists(st.integers(0, 10**12 - 1).map(lambda n: f"{n:012}"), min_size=1, max_size=5, unique=True),
    st.text(max_size=20),
)
def test_no_account_id_is_left(accounts: list[str], between: str) -> None:
    between = re.sub(r"\d", "x", between)
    text = between.join(["", *accounts, *accounts, ""])
    if between in ("", "-"):
        text = " ".join(accounts)
    shown = Mask([text]).text(text)
    assert not any(account in shown for account in accounts)
    assert Mask([text]).text(accounts[0]) in shown
