"""The common policy flags and the settings they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class PolicyFlags:
    """What a plan may do, in short flags; `--set` knows all settings."""

    preset: Preset = None
    launch_type: LaunchTypes = None
    arch: Architectures = None
    no_spot: NoSpot = False
    no_commitments: NoCommitments = False
    term: Terms = None
    payment: Payments = None
    edp: Edp = None
    ops_usd_per_hour: OpsUsdPerHour = None

    def as_settings(self, settings: Sequence[str] | None) -> list[Flag]:
        """Return them as settings; those of `--set` come last and so win."""
        from advisor.cli.settings import Flag

        found = []
        if self.preset is not None:
            found.append(Flag("profile.preset", self.preset, "--preset"))
        if self.no_spot:
            found.append(Flag("spot.allowed", "false", "--no-spot"))
        if self.no_commitments:
            found.append(Flag("commitments.allowed", "false", "--no-commitments"))
        if self.term:
            found.append(Flag("commitments.terms_years", ",".join(self.term), "--term"))
        if self.payment:
            found.append(Flag("commitments.payment_options", _words(self.payment), "--payment"))
        if self.arch:
            found.append(Flag("plan.architectures", ",".join(a.upper() for a in self.arch), "--arch"))
        if self.launch_type:
            found.append(Flag("plan.launch_types", _words(self.launch_type), "--launch-type"))
        if self.ops_usd_per_hour is not None:
            found.append(Flag("operations.usd_per_hour", str(self.ops_usd_per_hour), "--ops-usd-per-hour"))
        if self.edp is not None:
            found.append(Flag("prices.edp_share", str(self.edp), "--edp"))
        return [*found, *set_flags(settings)]


def set_flags(settings: Sequence[str] | None) -> list[Flag]:
    """Return the settings of `--set`.

    Raises:
        typer.BadParameter: one is not name=value.
    """
    from advisor.cli.settings import Flag

    return [Flag(key, value, f"--set {key}") for key, value in pairs(settings or (), "--set").items()]


def _words(texts: Sequence[str]) -> str:
    return ",".join(t.upper().replace("-", "_") for t in texts)
