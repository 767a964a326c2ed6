"""The commands: one report, once; thresholds; two at once; a runner that ends when told; nobody's secret in any byte."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes_delivery import parcel
from fakes_mail import Post, free_port, post_office

from advisor.__main__ import main
from advisor.cli.schedules import open_outbox
from advisor.config import StorePolicy
from advisor.delivery.outbox import Outbox
from advisor.delivery.sqlite import LocalOutbox

CANARY = "c4n4ry-T0-B0-XYZ"
TABLE = """
[mail]
sender = "FinOps <finops@example.com>"
[smtp]
url = "smtp://127.0.0.1:{port}"
[slack]
webhooks = {{ finops = "FINOPS_HOOK" }}
[delivery]
try_for_s = {patience}
[schedule.daily]
source = "usage"
formats = ["txt", "md", "json"]
recipients = {recipients}
cron = "0 7 * * *"
{more}
"""


def usage(folder: Path) -> None:
    """Write a small company's usage."""
    (folder / "usage").mkdir()
    head = "workload_id,region,task_vcpu,task_memory_mib,launch_type,account_id,cluster,tags"
    rows = [
        f'{name},eu-west-1,1,2048,FARGATE,123456789012,main,"{{""team"": ""{team}""}}"'
        for name, team in (("shop", "web"), ("search", "web"), ("billing", "pay"))
    ]
    (folder / "usage" / "workloads.csv").write_text("\n".join([head, *rows, ""]))
    start = datetime(2026, 10, 1, tzinfo=UTC)
    lines = ["workload_id,start,tasks,vcpu_used_mean,memory_used_mib_max"]
    for hour in range(24 * 9):
        when = (start + timedelta(hours=hour)).isoformat()
        lines += [f"{name},{when},{3 + hour % 3},0.3,800" for name in ("shop", "search", "billing")]
    (folder / "usage" / "usage.csv").write_text("\n".join([*lines, ""]))


def settle(folder: Path, *recipients: str, port: int = 1, more: str = "", patience: float = 20.0) -> None:
    """Write advisor.toml and the usage that it names."""
    text = TABLE.format(port=port, recipients=json.dumps(recipients), more=more, patience=patience)
    (folder / "advisor.toml").write_text(text)
    if not (folder / "usage").exists():
        usage(folder)


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(argv))
    out, err = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), out, err


REPORT = ("report", "run", "--schedule", "daily", "--as-of", "2026-11-23")


def test_a_report_is_made_and_sent_once(alone: Path, capsys) -> None:
    with post_office(Post()) as post:
        settle(alone, "file:out", "mailto:a@example.com,b@example.com", port=post.port)
        first, again = run(capsys, *REPORT), run(capsys, *REPORT)
    assert (first[0], again[0]) == (0, 0)
    assert "daily, period 2026-11-23: 3 of 3 have it\n" in first[2]
    assert "3 of 3 have it, 3 of them before" in again[2]
    assert sorted(p.name for p in (alone / "out").iterdir()) == [
        f"daily-2026-11-23.{e}" for e in ("json", "md", "txt")
    ]
    assert sorted(r for letter in post.letters for r in letter.recipients) == [
        "a@example.com",
        "b@example.com",
    ]
    subject = str(post.letters[0].message["Subject"])
    assert subject.startswith("daily 2026-11-23: $")
    assert subject.endswith("%)")
    assert json.loads((alone / "out" / "daily-2026-11-23.json").read_text())["schema_version"]
    listed = run(capsys, "report", "outbox")[1]
    assert listed.count(" sent ") == 3
    assert run(capsys, "report", "outbox", "--open") == (0, "", "everything has arrived\n")


def test_thresholds_have_an_exit_code_of_their_own(alone: Path, capsys) -> None:
    settle(alone, "file:out", more='fail_on = ["savings>1e0"]')
    assert run(capsys, *REPORT)[0] == 1
    settle(alone, "file:out", more='fail_on = ["today>1"]')
    code, _, err = run(capsys, *REPORT, "--fail-on", "savings_share>99%")
    assert code == 10
    assert "threshold hit: today>1 (" in err
    assert "savings_share" not in err
    settle(alone, "file:out")
    assert run(capsys, *REPORT)[0] == 0
    assert run(capsys, *REPORT, "--fail-on", "cost>0")[0] == 10


def test_recommend_stops_a_pipeline_too(alone: Path, capsys) -> None:
    usage(alone)
    assert run(capsys, "recommend", "usage", "--fail-on", "savings_share>99%")[0] == 0
    code, out, err = run(capsys, "recommend", "usage", "--fail-on", "today>1", "--fail-on", "cost<1")
    assert (code, err.count("threshold hit: ")) == (10, 1)
    assert "Fleet" in out
    assert run(capsys, "recommend", "usage", "--fail-on", "tody>1")[0] == 1


def test_who_was_not_reached_is_told_and_the_others_have_it(alone: Path, capsys) -> None:
    settle(alone, "file:out", "mailto:a@example.com", "slack:finops", port=free_port(), patience=0.0)
    code, _, err = run(capsys, *REPORT)
    assert code == 1
    assert "1 of 3 have it" in err
    assert (
        "warning: slack:finops: failed: slack:finops: FINOPS_HOOK in the environment holds no webhook URL"
        in err
    )
    assert "warning: mailto:a@example.com: failed:" in err
    assert len(list((alone / "out").iterdir())) == 3


def test_a_refusal_can_be_asked_for_again(alone: Path, capsys) -> None:
    with post_office(Post(lambda letter: "550 no such person")) as post:
        settle(alone, "mailto:a@example.com", port=post.port)
        assert run(capsys, *REPORT)[0] == 1
        post.answer = lambda letter: "250 taken"
        code, _, err = run(capsys, *REPORT)
        assert (code, "dead: mailto:a@example.com: 550 no such person" in err) == (1, True)
        assert run(capsys, *REPORT, "--retry")[0] == 0
    assert len(post.letters) == 1


def test_a_dry_run_sends_and_keeps_nothing(alone: Path, capsys) -> None:
    settle(alone, "file:out", "mailto:a@example.com")
    code, out, err = run(capsys, *REPORT, "--dry-run")
    assert (code, out) == (0, f"would go to file:{alone}/out\nwould go to mailto:a@example.com\n")
    assert "file: daily-2026-11-23.md" in err
    assert not (alone / "out").exists()
    assert run(capsys, "report", "outbox")[2] == "nothing was delivered yet\n"


def test_a_scope_by_tag_leaves_the_others_out(alone: Path, capsys) -> None:
    settle(alone, "file:out", more='only_tags = { team = "web" }')
    assert run(capsys, *REPORT)[0] == 0
    text = (alone / "out" / "daily-2026-11-23.txt").read_text()
    assert "only team=web: 2 of 3 workloads, without commitments, the bill and shared instances" in " ".join(
        text.split()
    )
    assert "billing" not in text
    settle(alone, "file:out", more='only_accounts = ["999999999999"]')
    code, _, err = run(capsys, "report", "run", "--schedule", "daily", "--as-of", "2026-11-24")
    assert (code, "no workload is in scope: 999999999999" in err) == (1, True)


def test_the_change_since_last_time_is_told(alone: Path, capsys) -> None:
    settle(alone, "file:out")
    run(capsys, *REPORT)
    assert (
        run(
            capsys, "report", "run", "--schedule", "daily", "--as-of", "2026-11-24", "--fail-on", "change>-1"
        )[0]
        == 10
    )
    kept = open_outbox(StorePolicy()).parcel("daily", "2026-11-24")
    assert kept is not None
    assert "Spend has not moved since the report on usage to" in " ".join(kept.text.split())


def test_machines_that_share_a_store_send_once(alone: Path, capsys, monkeypatch, postgres: str) -> None:
    with post_office(Post()) as post:
        for machine in ("one", "two"):
            (alone / machine).mkdir()
            monkeypatch.chdir(alone / machine)
            monkeypatch.setenv("ADVISOR_DATA_DIR", str(alone / machine / "data"))
            settle(alone / machine, "mailto:a@example.com", port=post.port)
            with (alone / machine / "advisor.toml").open("a") as file:
                file.write(f'[store]\nurl = "{postgres}"\n')
            # the first machine's folder is not there on the second
            if machine == "two":
                (alone / "one").rename(alone / "elsewhere")
            assert run(capsys, *REPORT)[0] == 0
    assert len(post.letters) == 1
    assert " sent " in run(capsys, "report", "outbox")[1]
    assert not list(alone.rglob("outbox.sqlite3*"))


def test_two_schedules_of_one_name_do_not_keep_each_other_silent(alone: Path, capsys, monkeypatch) -> None:
    other = alone / "other"
    other.mkdir()
    settle(alone, "file:out")
    settle(other, "file:out")
    assert run(capsys, *REPORT)[0] == 0
    monkeypatch.chdir(other)
    code, _, err = run(capsys, *REPORT)
    assert (code, f"a schedule daily in {alone} uses this outbox too" in err) == (1, True)
    # a folder that was moved takes its schedules along
    monkeypatch.chdir(alone.parent)
    other.rename(alone.parent / "moved")
    for path in sorted(alone.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    alone.rmdir()
    monkeypatch.chdir(alone.parent / "moved")
    assert run(capsys, *REPORT)[0] == 0


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", "2026-11-23T07:00", "20261123"])
def test_moments_that_are_none(alone: Path, capsys, as_of: str) -> None:
    settle(alone, "file:out")
    code, _, err = run(capsys, "report", "run", "--schedule", "daily", "--as-of", as_of)
    assert (code, "is neither a day" in err) == (2, True)


def test_every_format_is_written_and_a_schedule_keeps_its_runs(alone: Path, capsys) -> None:
    settle(alone, "file:out", more="mask_accounts = true")
    path = alone / "advisor.toml"
    forms = ("txt", "md", "json", "csv", "parquet", "html", "pdf", "xlsx")
    path.write_text(path.read_text().replace('"txt", "md", "json"', ", ".join(f'"{f}"' for f in forms)))
    assert run(capsys, *REPORT, "--dry-run")[0] == 0
    assert "no run was kept yet" in run(capsys, "runs", "list")[2], "what is only shown leaves nothing"
    assert run(capsys, *REPORT)[0] == 0
    written = {p.suffix[1:]: p.read_bytes() for p in (alone / "out").iterdir()}
    assert written.keys() == set(forms)
    assert written["pdf"].startswith(b"%PDF")
    assert not any(b"123456789012" in content for content in written.values())
    assert len(run(capsys, "runs", "list")[1].splitlines()) == 2


def test_a_schedule_does_not_stop_other_verbs(alone: Path, capsys) -> None:
    settle(alone, "nonsense:")
    assert run(capsys, "config", "show")[0] == 0
    code, _, err = run(capsys, "schedule", "list")
    assert (code, "schedule.daily.recipients: 'nonsense' begins no recipient" in err) == (1, True)


def test_a_run_is_kept_with_its_report_whatever_ends_the_process_between(
    alone: Path, capsys, monkeypatch
) -> None:
    usage(alone)
    settle(alone, "file:out")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("advisor.cli.report_parcel.keep_run", killed)
        patched.setattr("advisor.cli.app._leave_at_once", lambda: sys.exit(130))
        assert run(capsys, *REPORT)[0] == 130
    assert "no run was kept yet" in run(capsys, "runs", "list")[2]
    made = open_outbox(StorePolicy()).parcel("daily", "2026-11-23")
    assert made is not None
    for _ in range(2):
        assert run(capsys, *REPORT)[0] == 0
        assert len(run(capsys, "runs", "list")[1].splitlines()) == 2
    assert open_outbox(StorePolicy()).parcel("daily", "2026-11-23") == made, "nothing was planned again"


@pytest.mark.parametrize("document", [b"", gzip.compress(b'{"schema_version": 999}')])
def test_a_report_whose_run_cannot_be_kept_is_sent_all_the_same(alone: Path, capsys, document: bytes) -> None:
    settle(alone, "file:out")
    outbox = open_outbox(StorePolicy())
    outbox.keep(parcel(schedule="daily", period="2026-11-23", document=document))
    code, _, err = run(capsys, *REPORT)
    assert code == 0, err
    assert ("the run of daily 2026-11-23 is not kept" in err) is bool(document)
    assert "no run was kept yet" in run(capsys, "runs", "list")[2]


def test_schedules_are_listed_with_their_next_runs(alone: Path, capsys) -> None:
    settle(alone, "file:out", more='timezone = "Asia/Tokyo"')
    code, out, _ = run(capsys, "schedule", "list")
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    assert (code, "next: " in out, f"{tomorrow:%Y-%m-%d} 07:00" in out) == (0, True, True)
    for kind in ("cron", "systemd", "eventbridge", "cloudformation", "github"):
        code, out, _ = run(capsys, "schedule", "show", "daily", "--as", kind)
        assert (code, "daily" in out) == (0, True)
    assert "did you mean" in run(capsys, "schedule", "show", "daly")[2]


def child(alone: Path, *argv: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "advisor", *argv],
        cwd=alone,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_commands_at_once_send_one_report(alone: Path) -> None:
    with post_office(Post(late_s=0.05)) as post:
        settle(alone, "mailto:a@example.com,b@example.com,c@example.com", port=post.port, patience=60.0)
        both = [child(alone, *REPORT) for _ in range(2)]
        said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted(Counter(post.ids()).values()) == [1, 1, 1]
    assert len({letter.message["Date"] for letter in post.letters}) == 1


def test_the_runner_catches_up_and_ends_when_told(alone: Path) -> None:
    settle(alone, "file:out")
    outbox = Outbox(
        LocalOutbox(Path(os.environ["ADVISOR_DATA_DIR"]) / "outbox"), lambda: time.time() - 3 * 86_400
    )
    outbox.watch("daily")
    outbox.close()
    runner = child(alone, "schedule", "run")
    until = time.monotonic() + 90
    while len(list(alone.glob("out/daily-*"))) < 3 and time.monotonic() < until:
        time.sleep(0.1)
    runner.send_signal(signal.SIGTERM)
    _, err = runner.communicate(timeout=60)
    assert runner.returncode == 0, err
    assert len(list(alone.glob("out/daily-*"))) == 3
    assert err.splitlines()[0] == "running daily"
    assert err.splitlines()[-1] == "ended"


def test_no_secret_is_in_any_byte(alone: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINOPS_HOOK", f"https://hooks.slack.com:1/services/{CANARY}")
    monkeypatch.setenv("ADVISOR_SMTP_PASSWORD", CANARY)
    settle(alone, "slack:finops", "mailto:a@example.com", port=free_port(), patience=0.0)
    path = alone / "advisor.toml"
    path.write_text(path.read_text().replace("smtp://127", "smtp://me@127"))
    said = [
        *run(capsys, *REPORT, "--debug")[1:],
        *run(capsys, "report", "outbox")[1:],
        *run(capsys, "config", "show", "--origin")[1:],
        *(
            run(capsys, "schedule", "show", "daily", "--as", k)[1]
            for k in ("cron", "systemd", "eventbridge", "github")
        ),
    ]
    assert CANARY not in "".join(said)
    files = [p for p in (alone.parent).rglob("*") if p.is_file()]
    assert any(p.name.startswith("outbox.sqlite3") for p in files)
    assert not [p for p in files if CANARY.encode() in p.read_bytes()]
