"""The common policy flags and the settings they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from advisor.cli.settings import Flag


def pairs(texts: Sequence[str], flag: str) -> dict[str, str]:
    """Return `name=value` texts as a dict.

    Raises:
        typer.BadParameter: a text has no `=`.
    """
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(f"{text!r} is not name=value", param_hint=flag)
        found[name.strip()] = value.strip()
    return found


def as_settings(
    *,
    preset: str | None = None,
    no_spot: bool = False,
    no_commitments: bool = False,
    term: Sequence[str] = (),
    payment: Sequence[str] = (),
    arch: Sequence[str] = (),
    launch_type: Sequence[str] = (),
    ops_usd_per_hour: float | None = None,
    edp: float | None = None,
    settings: Sequence[str] = (),
) -> list[Flag]:
    """Return flags as settings; `--set` comes last and so wins."""
    from advisor.cli.settings import Flag

    found = []
    if preset is not None:
        found.append(Flag("profile.preset", preset, "--preset"))
    if no_spot:
        found.append(Flag("spot.allowed", "false", "--no-spot"))
    if no_commitments:
        found.append(Flag("commitments.allowed", "false", "--no-commitments"))
    if term:
        found.append(Flag("commitments.terms_years", ",".join(term), "--term"))
    if payment:
        words = ",".join(p.upper().replace("-", "_") for p in payment)
        found.append(Flag("commitments.payment_options", words, "--payment"))
    if arch:
        found.append(Flag("plan.architectures", ",".join(a.upper() for a in arch), "--arch"))
    if launch_type:
        words = ",".join(t.upper().replace("-", "_") for t in launch_type)
        found.append(Flag("plan.launch_types", words, "--launch-type"))
    if ops_usd_per_hour is not None:
        found.append(Flag("operations.usd_per_hour", str(ops_usd_per_hour), "--ops-usd-per-hour"))
    if edp is not None:
        found.append(Flag("prices.edp_share", str(edp), "--edp"))
    found += [Flag(key, value, f"--set {key}") for key, value in pairs(settings, "--set").items()]
    return found
