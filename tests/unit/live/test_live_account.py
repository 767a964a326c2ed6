"""`read_account`: arguments that do not go together are said before anything is asked."""

from __future__ import annotations

import pytest

from advisor import read_account
from advisor.errors import ConfigError

ROLE = "arn:aws:iam::{account}:role/advisor-read"


@pytest.mark.parametrize(
    "arguments",
    [
        {"accounts": "org"},
        {"accounts": "org", "role_arn": "arn:aws:iam::111122223333:role/advisor-read"},
        {"role_arn": ROLE},
        {"accounts": ("org", "111122223333"), "role_arn": ROLE},
        {"accounts": ("12",), "role_arn": ROLE},
    ],
)
def test_arguments_that_do_not_go_together_are_an_error_with_a_hint(arguments: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as raised:
        read_account("eu-west-1", **arguments)  # type: ignore[arg-type]
    assert raised.value.hint


def test_no_region_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch, alone: object) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match="no region"):
        read_account()
