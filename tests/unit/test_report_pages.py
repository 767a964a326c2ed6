"""Pages: every table adds up, formats keep every name harmless, the same plan gives the same bytes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from fakes_plan import plan
from fakes_report import CORPUS, diff, hostile, hostile_diff, hostile_savings, savings
from needs import need_pdf

from advisor.errors import AdvisorError, InputError
from advisor.report.pages import FORMATS, KINDS, make_page, render_report, report_mail
from advisor.report.pages.cells import parts, shown
from advisor.report.pages.html import drawn
from advisor.report.pages.mail import MOST_BYTES
from advisor.report.pages.page import Table, Unit
from advisor.report.pages.pictures import clean, png
from advisor.report.pages.slack import BLOCKS, FIELDS, HEADER, SECTION
from advisor.report.text import safe

SUMMED = {Unit.USD, Unit.USD_ONCE, Unit.USD_HOUR, Unit.COUNT}


def tables(page) -> list[Table]:
    return [b for s in page.sections for b in s.blocks if isinstance(b, Table)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cheap", [1.0, 0.01])
def test_every_table_sums_to_its_total(kind: str, cheap: float) -> None:
    made = plan()
    made = replace(
        made,
        placements=tuple(
            replace(
                p,
                monthly_cost_usd=p.monthly_cost_usd * cheap,
                baseline_monthly_cost_usd=p.baseline_monthly_cost_usd * cheap,
            )
            for p in made.placements
        ),
        monthly_cost_usd=made.monthly_cost_usd * cheap,
        baseline_monthly_cost_usd=made.baseline_monthly_cost_usd * cheap,
    )
    page = make_page(made, kind, diff=diff(), savings=savings())
    checked = 0
    for table in tables(page):
        assert all(len(row) == len(table.columns) for row in (*table.rows, *table.whole))
        for i, column in enumerate(table.columns):
            if table.total is None or column.unit not in SUMMED or table.total[i] is None:
                continue
            for rows in filter(None, (table.rows, table.whole)):
                assert sum((row[i] or 0) for row in rows) == table.total[i], (table.key, column.name)
            checked += 1
    assert checked >= {"executive": 1, "finops": 12, "team": 6}[kind]


def test_printed_savings_are_the_difference_of_printed_costs() -> None:
    for penny in range(60):
        made = replace(plan(), baseline_monthly_cost_usd=1411.305 + penny / 7)
        page = make_page(made, "executive")
        today, planned, saves = (Decimal(f.value.replace("$", "").replace(",", "")) for f in page.figures[:3])
        assert today - planned == saves


def test_parts_reach_any_total() -> None:
    assert parts([1.4, 1.4, 1.4], Decimal(4), Decimal(1)) == [2, 1, 1]
    assert parts([0.4, 0.4], Decimal(3), Decimal(1)) == [2, 1]
    assert parts([5.0], Decimal(3), Decimal(1)) == [3]
    assert parts([], Decimal(0), Decimal(1)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_plan_gives_the_same_bytes(kind: str) -> None:
    need_pdf()
    for form in FORMATS:
        first, second = (render_report(plan(), kind, form, diff=diff(), savings=savings()) for _ in range(2))
        assert first == second, form


def test_no_report_is_told_plainly() -> None:
    with pytest.raises(InputError, match="no report format 'doc'"):
        render_report(plan(), "finops", "doc")
    with pytest.raises(InputError, match="no report is called 'cfo'"):
        render_report(plan(), "cfo", "txt")
    with pytest.raises(InputError, match="no workload is owned by 'nobody'") as told:
        render_report(plan(), "team", "txt", team="nobody")
    assert "shop" in str(told.value.hint)


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    whole = builtins.__import__

    def missing(name: str, *rest: object, **more: object):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        if name == "xlsxwriter":
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(AdvisorError, match="PDF reports need libraries") as told:
        render_report(plan(), "team", "pdf")
    assert "apt-get install libpango" in str(told.value.hint)
    with pytest.raises(AdvisorError, match="xlsxwriter"):
        render_report(plan(), "team", "xlsx")


def hostile_report(kind: str, form: str) -> bytes:
    return render_report(hostile(), kind, form, diff=hostile_diff(), savings=hostile_savings())


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_holds_texts_and_numbers_only(kind: str) -> None:
    content = hostile_report(kind, "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts_of = {n: packed.read(n).decode() for n in packed.namelist()}
    assert not any("<f>" in text or "<f " in text or "<hyperlink" in text for text in parts_of.values())
    assert not any("Target=" in text and "http" in re.sub(r"schemas\.\w+\.(org|com)", "", text).replace("http:///", "")
                   and 'TargetMode="External"' in text for text in parts_of.values())  # fmt: skip
    page = make_page(hostile(), kind, diff=hostile_diff(), savings=hostile_savings())
    book = openpyxl.load_workbook(io.BytesIO(content))
    for table in tables(page):
        if table.key.startswith("ways_"):
            continue
        sheet = book[table.key.replace("_", " ").capitalize()[:31]]
        for number, row in enumerate(table.whole or table.rows, 3):
            for index, value in enumerate(row, 1):
                cell = sheet.cell(number, index)
                assert cell.data_type != "f"
                if isinstance(value, str):
                    assert (cell.value or "") == safe(value)
                elif value is not None:
                    assert cell.value == pytest.approx(float(value))
    assert len(book.sheetnames) == len({name.lower() for name in book.sheetnames})


def test_longer_texts_than_a_cell_holds_are_cut_with_a_note() -> None:
    made = replace(plan(), notes=("n" * 40_000,))
    book = openpyxl.load_workbook(io.BytesIO(render_report(made, "team", "xlsx")))
    longest = max((str(c.value) for row in book["Summary"].iter_rows() for c in row), key=len)
    assert len(longest) <= 32_767
    assert longest.endswith("more)")


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_names_is_text_in_html(kind: str) -> None:
    page = hostile_report(kind, "html").decode()
    tags = set(re.findall(r"<\s*([a-zA-Z!/][\w!]*)", page))
    assert not tags & {
        "script",
        "/script",
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "foreignObject",
        "image",
    }
    assert not re.search(r"<[^>]*\son\w+=", page)
    for url in re.findall(r"""(?:href|src|xlink:href)=["']([^"']*)""", page):
        assert url.startswith("#")
    assert "\u202e" not in page and "\x1b" not in page and "\x00" not in page
    assert page.count("<h1") == 1
    assert 'http-equiv="Content-Security-Policy"' in page
    for table in re.findall(r"<table>.*?</table>", page, re.S):
        assert "<caption>" in table and 'scope="col"' in table


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["md", "txt", "slack"])
def test_markup_in_names_is_text_in_text_formats(kind: str, form: str) -> None:
    text = hostile_report(kind, form).decode()
    assert not any(c in text for c in "\u202e\x1b\x00\u2028")
    if form == "md":
        assert not re.search(r"(?<!\\)<(script|img)", text)
        assert "https://evil" not in text
        assert not re.search(r"(?<![\\`])`(?!f00d|cafe|beef)[^`]*star", text)
    if form == "slack":
        assert "<!channel>" not in text and "<@" not in text and "<script" not in text


def test_slack_keeps_within_its_limits() -> None:
    for kind in KINDS:
        message = json.loads(hostile_report(kind, "slack"))
        assert set(message) == {"text", "blocks"}
        assert 0 < len(message["blocks"]) <= BLOCKS
        for block in message["blocks"]:
            texts = [block["text"]] if "text" in block else block.get("fields") or block["elements"]
            assert len(texts) <= FIELDS
            most = HEADER if block["type"] == "header" else 2_000 if "fields" in block else SECTION
            assert all(0 < len(t["text"]) <= most for t in texts)


def test_a_mail_is_small_and_brings_its_pictures() -> None:
    for made, more in ((plan(), {}), (hostile(), {"diff": hostile_diff(), "savings": hostile_savings()})):
        for kind in ("executive", "finops"):
            sent = report_mail(made, kind, **more)
            assert len(sent.html.encode()) < MOST_BYTES
            assert len(sent.text.encode()) < MOST_BYTES
            assert len(sent.images) == 1
            assert sent.images[0].content.startswith(b"\x89PNG")
            named = re.findall(r'src="([^"]*)"', sent.html)
            assert named == [f"cid:{i.content_id}" for i in sent.images]
            assert not re.search(r"<(script|svg|link|style)", sent.html)
            assert "\n" not in sent.subject and len(sent.subject) <= 120


def test_account_ids_are_masked_everywhere() -> None:
    account, other = "001234567890", "998877665544"
    names = (f"api-{account}", f"arn:aws:ecs:us-east-1:{other}:service/web", "search", "0012-3456-7890 job")
    made = plan(names)
    made = replace(made, notes=(f"account {other} was read by {account}",), name=f"org {other}")
    # PDF is the HTML page printed, and its streams are packed
    for form in sorted(FORMATS.keys() - {"pdf"}):
        for kind in KINDS:
            content = render_report(
                made, kind, form, diff=diff(f"x{account}x"), savings=savings(account), masked=True
            )
            if form == "xlsx":
                with zipfile.ZipFile(io.BytesIO(content)) as packed:
                    content = b"".join(packed.read(n) for n in packed.namelist())
            for secret in (account, other, "0012-3456-7890"):
                assert secret.encode() not in content, (kind, form)
    text = render_report(made, "finops", "txt", masked=True).decode()
    assert "api-account-1" in text and "account-2" in text


def test_a_drawing_keeps_shapes_only() -> None:
    dirty = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="x()">'
        '<script>x()</script><a xlink:href="http://evil"><text>gone</text></a><image href="http://evil"/>'
        '<g clip-path="url(#clip0)" style="fill:url(http://evil)"><text onclick="x()">kept</text></g>'
        '<defs><clipPath id="clip0"><rect width="1" height="1"/></clipPath></defs></svg>'
    )
    cleaned = clean(dirty, "c7-")
    assert "evil" not in cleaned and "x()" not in cleaned
    assert ">kept<" in cleaned and 'id="c7-clip0"' in cleaned and "url(#c7-clip0)" in cleaned


def test_pictures_of_a_page_are_drawn_once() -> None:
    page = make_page(plan(), "finops")
    assert len(drawn(page)) == len(set(drawn(page))) >= 2
    assert png(plan(), drawn(page)[0]).startswith(b"\x89PNG")


def test_cells_say_nothing_of_nothing() -> None:
    assert shown(None, Unit.USD, 0) == ""
    assert shown(Decimal(-5), Unit.USD, 0) == "−$5"
    assert shown(1234, Unit.COUNT, 0) == "1,234"
    assert len(set(CORPUS)) == len(CORPUS)


@pytest.mark.parametrize("more", [{}, {"diff": diff(), "savings": savings()}])
def test_the_executive_summary_is_one_sheet(more: dict[str, object]) -> None:
    need_pdf()
    import weasyprint

    made = render_report(plan(), "executive", "html", **more).decode()
    assert len(weasyprint.HTML(string=made).render().pages) == 1


def test_holes_are_told_in_every_format() -> None:
    made = replace(plan(), rows_rejected=7)
    hole = "not read whole: account 998877665544, eu-west-1, cloudwatch"
    for form in sorted(FORMATS.keys() - {"pdf", "xlsx"}):
        for kind in KINDS:
            text = render_report(made, kind, form, remarks=[hole], masked=True).decode()
            assert "not read whole: account account-2, eu-west-1, cloudwatch" in text.replace("&#64;", "@"), (
                form,
                kind,
            )
            assert "7 of 1,000 rows could not be used" in text
    sent = report_mail(made, "executive", remarks=[hole])
    assert hole in sent.html and hole in sent.text.replace("\n  ", " ")


def test_a_printed_report_links_to_itself_only(caplog: pytest.LogCaptureFixture) -> None:
    need_pdf()
    import weasyprint

    caplog.clear()
    for kind in KINDS:
        made = hostile_report(kind, "html").decode()
        printed = weasyprint.HTML(string=made).render()
        links = [link for page in printed.pages for link in page.links]
        assert {link[0] for link in links} <= {"internal"}
        assert not printed.metadata.attachments
    assert [r.message for r in caplog.records if r.name.startswith("weasyprint")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_of_nothing_is_still_a_report(kind: str) -> None:
    nothing = replace(
        plan(),
        placements=(),
        pools=(),
        commitments=(),
        recommendations=(),
        folk_rules=(),
        monthly_cost_usd=0.0,
        uncommitted_monthly_cost_usd=0.0,
        baseline_monthly_cost_usd=0.0,
        lower_bound_monthly_usd=0.0,
        operations_monthly_usd=None,
        existing_commitments_monthly_usd=0.0,
        price_range_usd=(0.0, 0.0),
        cost_lines=plan().cost_lines.clear(),
    )
    for form in sorted(FORMATS.keys() - {"pdf"}):
        assert render_report(nothing, kind, form)
    text = render_report(nothing, kind, "txt").decode()
    assert "nothing that was found saves money" in text
    assert "To decide" not in text


def test_the_ask_is_worth_a_decision() -> None:
    made = plan()
    one = made.recommendations[0]
    many = tuple(
        replace(one, rank=n, resource_id=f"w{n}", estimated_monthly_savings_usd=10.0) for n in range(60)
    )
    ask = make_page(replace(made, recommendations=many), "executive").ask
    assert ask.startswith("Approve the 30 largest of 60 changes")
    few = make_page(replace(made, recommendations=many[:4]), "executive").ask
    assert few.startswith("Approve these 4 changes")
