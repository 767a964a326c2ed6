"""The common policy flags and the settings they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.options import Many

if TYPE_CHECKING:
    from advisor.cli.settings import Flag

Preset = Annotated[
    str | None,
    typer.Option(
        "--preset", metavar="NAME", help="Sizing rule: default, compute-optimizer, cloudfix, krr or vpa."
    ),
]
LaunchTypes = Annotated[
    Many,
    typer.Option(
        "--launch-type", metavar="TYPE", help="Allow only FARGATE, EC2 or MANAGED_INSTANCES; repeatable."
    ),
]
Architectures = Annotated[
    Many, typer.Option("--arch", metavar="ARCH", help="Allow only X86_64 or ARM64; repeatable.")
]
NoSpot = Annotated[bool, typer.Option("--no-spot", help="Keep off Spot capacity.")]
NoCommitments = Annotated[
    bool, typer.Option("--no-commitments", help="Buy no Savings Plans or reservations.")
]
Terms = Annotated[Many, typer.Option("--term", metavar="YEARS", help="Commit for 1 or 3 years; repeatable.")]
Payments = Annotated[
    Many,
    typer.Option(
        "--payment", metavar="OPTION", help="Pay NO_UPFRONT, PARTIAL_UPFRONT or ALL_UPFRONT; repeatable."
    ),
]
Edp = Annotated[
    float | None,
    typer.Option("--edp", metavar="SHARE", help="Private discount off everything, as a share: 0.05."),
]
OpsUsdPerHour = Annotated[
    float | None,
    typer.Option(
        "--ops-usd-per-hour", metavar="USD", help="Count people's time at this rate, apart from cash."
    ),
]


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
