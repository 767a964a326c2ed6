"""The command's own words: help of every command, schemas, settings, failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.__main__ import main

COMMANDS = (
    *(
        "",
        "recommend",
        "explain",
        "rules",
        "what-if",
        "prices",
        "prices refresh",
        "policy",
        "doctor",
        "init",
    ),
    *("schema", "demo-data", "config", "config show"),
    *("compare", "ledger", "decide", "runs", "runs list", "runs show", "runs remove"),
    *(
        "report",
        "report make",
        "report run",
        "report outbox",
        "schedule",
        "schedule list",
        "schedule show",
        "schedule run",
    ),
    *("pull", "cache", "cache show", "cache verify", "cache prune"),
)


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """Run the command in this process; return exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        main(list(argv))
    out, err = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), out, err


@pytest.mark.parametrize("command", COMMANDS)
def test_help(golden, capsys, alone, command: str) -> None:
    code, out, _ = run(capsys, *command.split(), "--help")
    assert code == 0
    golden(f"help/{command.replace(' ', '_') or 'advisor'}.txt", out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(capsys, alone, command: str) -> None:
    _, out, _ = run(capsys, *command.split(), "--help")
    words = f"advisor {command}".split()
    assert any(line.split()[: len(words)] == words for line in out.splitlines()), "no example"
    for line in out.splitlines():
        assert not line.strip().endswith("TEXT"), f"an option without help: {line}"


@pytest.mark.parametrize("subject", ["plan", "config", "tables"])
def test_schemas(golden, capsys, alone, subject: str) -> None:
    code, out, _ = run(capsys, "schema", subject)
    assert code == 0
    golden(f"schema/{subject}.json", out)


@pytest.mark.parametrize("tier", ["basic", "cost", "deep", "report"])
def test_policies(golden, capsys, alone, tier: str) -> None:
    code, out, _ = run(capsys, "policy", "--tier", tier)
    assert code == 0
    golden(f"policy/{tier}.json", out)


def test_default_settings(golden, capsys, alone) -> None:
    code, out, _ = run(capsys, "config", "show", "--origin")
    assert code == 0
    golden("config_show.txt", out)


FAILURES = {
    "no_such_file": ("recommend", "nowhere"),
    "no_earlier_run": ("explain", "checkout"),
    "unknown_suffix": ("recommend", "nowhere", "-o", "plan.doc"),
    "wrong_setting": ("config", "show", "--set", "plan.min_savings_usd=-1"),
    "wrong_settings": (
        "config",
        "show",
        "--set",
        "plan.exlude=a*",
        "--set",
        "spot.allowed=maybe",
        "--set",
        "x.y=1",
    ),
    "not_a_pair": ("recommend", "nowhere", "--assume", "tasks"),
    "both_explain": ("explain", "checkout", "--rejected"),
    "unknown_rule": ("rules", "nowhere", "--rule", "no-spott"),
    "no_rule_setting": ("rules", "nowhere", "--rule", "prices.edp_share=0.1"),
    "wrong_rule_setting": ("rules", "nowhere", "--rule", "fleet.max_vcpus=8"),
    "nothing_otherwise": ("what-if", "nowhere"),
    "so_already": ("what-if", "nowhere", "--set", "spot.allowed=yes", "--ops-usd-per-hour", "0"),
    "wrong_what_if_setting": ("what-if", "nowhere", "--set", "spot.alowed=false"),
    "no_such_comparison": ("what-if", "nowhere", "--no-spot", "-o", "plan.parquet"),
    "no_such_report": ("report", "make", "nowhere.json", "-o", "plan.doc"),
    "report_of_another_format": ("report", "make", "nowhere.json", "--format", "pdf", "-o", "plan.xlsx"),
    "team_of_no_team_report": ("report", "make", "nowhere.json", "--team", "shop"),
    "report_of_nothing": ("report", "make", "nowhere.json"),
    "unknown_command": ("recomend", "shop"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(golden, capsys, alone, name: str) -> None:
    code, out, err = run(capsys, *FAILURES[name])
    assert out == ""
    assert "Traceback" not in err
    golden(f"failures/{name}.txt", f"exit code {code}\n{err}")


TOML = {
    "unknown_key": "[plan]\nexlude = ['a*']\n",
    "unknown_table": "[plann]\nexclude = ['a*']\n",
    "not_a_table": "plan = 3\n",
    "syntax": "[plan]\nexclude = ['a*'\nmin_savings_usd = 3\n",
    "wrong_values": "[plan]\nlaunch_types = ['FARGAT']\n[prices]\nedp_share = 1.5\n[profile]\nwindow_days = nan\n",
    "wrong_pin": "[[plan.pins]]\nmatch = 'a*'\nlaunchtype = 'EC2'\n",
}


@pytest.mark.parametrize("name", TOML)
def test_broken_settings_files(golden, capsys, alone: Path, name: str) -> None:
    (alone / "advisor.toml").write_text(TOML[name])
    code, out, err = run(capsys, "config", "show")
    assert (code, out) == (1, "")
    golden(f"failures/toml_{name}.txt", err.replace(str(alone), "."))
