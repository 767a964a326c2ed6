"""What usage is read from, files or accounts: the flags that verbs share, and the reading itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from advisor.cli.coverage import tell_coverage
from advisor.cli.failures import ExitCode, warn, whisper
from advisor.cli.live import Live, account_list, read_account
from advisor.cli.options import (
    Accounts,
    Assume,
    BillTag,
    Days,
    Decimal,
    Deep,
    Delimiter,
    DryRun,
    Encoding,
    EventsLogGroup,
    EventsS3,
    ExternalId,
    LiveRegion,
    MaxApiUsd,
    NoBill,
    NoCache,
    Profile,
    Rename,
    RoleArn,
    SkipBadRows,
    Timezone,
    TrustInput,
)
from advisor.cli.policy_flags import pairs

if TYPE_CHECKING:
    from advisor.aws.failures import Cell
    from advisor.cli.progress import Tell
    from advisor.config import Config
    from advisor.model import Usage

Source = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="SOURCE",
        help="A folder, or CSV and Parquet files, of workloads, usage, runs, instances, commitments and bill. "
        "Without: the account of --profile, --region.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Places:
    """Accounts and regions, and how far back."""

    region: LiveRegion = None
    profile: Profile = None
    accounts: Accounts = None
    role_arn: RoleArn = None
    external_id: ExternalId = None
    days: Days = 14

    @property
    def regions(self) -> list[str]:
        """Those that are asked for; all that there are when empty."""
        return self.region or []

    def live(self, **how: Any) -> Live:
        """Return how to read the accounts.

        Args:
            how: what else `Live` knows.

        Raises:
            BadParameter: accounts without a role for each, or what is no account.
        """
        live = Live(
            profile=self.profile,
            role_arn=self.role_arn,
            external_id=self.external_id,
            accounts=account_list(self.accounts),
            days=self.days,
            **how,
        )
        live.check_accounts()
        return live


@dataclass(frozen=True, kw_only=True)
class Where(Places):
    """Files, or accounts and regions."""

    source: Source = None
    rename: Rename = None
    assume: Assume = None

    @property
    def paths(self) -> list[Path] | Path:
        """The files, as `read_usage` takes them: a folder stands alone."""
        found = self.source or []
        return found[0] if len(found) == 1 else found

    @property
    def mapping(self) -> dict[str, str]:
        """Our column → the file's."""
        return pairs(self.rename or (), "--map")

    @property
    def assumed(self) -> dict[str, str]:
        """Column → value where the input has none."""
        return pairs(self.assume or (), "--assume")

    def live(self, **how: Any) -> Live:
        """Return how to read the accounts.

        Args:
            how: what else `Live` knows.

        Raises:
            BadParameter: files and an account, or neither; flags that do not go together.
        """
        live = super().live(**how)
        live.check(bool(self.source), self.regions)
        return live


@dataclass(frozen=True, kw_only=True)
class Reading(Where):
    """All that can be said of how usage is read."""

    deep: Deep = False
    events_log_group: EventsLogGroup = None
    events_s3: EventsS3 = None
    max_api_usd: MaxApiUsd = None
    dry_run: DryRun = False
    no_bill: NoBill = False
    bill_tag: BillTag = None
    no_cache: NoCache = False
    decimal: Decimal = None
    delimiter: Delimiter = None
    encoding: Encoding = None
    timezone: Timezone = "UTC"
    trust_input: TrustInput = False
    skip_bad_rows: SkipBadRows = False

    def checked(self) -> Readable:
        """Return what is to be read.

        Raises:
            BadParameter: flags that do not go together, or are no `name=value`.
        """
        from advisor.usage.decode import ParquetCheck, has_parquet

        live = self.live(
            max_api_usd=self.max_api_usd,
            dry_run=self.dry_run,
            bill=not self.no_bill,
            bill_tag=self.bill_tag,
            deep=self.deep,
            events_log_group=self.events_log_group,
            events_s3=self.events_s3,
            cache=not self.no_cache,
        )
        files = {
            "mapping": self.mapping,
            "assume": self.assumed,
            "skip_bad_rows": self.skip_bad_rows,
            "decimal": self.decimal,
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "timezone": self.timezone,
            "trust_input": self.trust_input,
            # its start takes as long as what is loaded meanwhile
            "check": ParquetCheck() if has_parquet(self.source or []) else None,
        }
        return Readable(self.paths, live, self.regions, files)


@dataclass(frozen=True)
class Readable:
    """What is about to be read.

    Attributes:
        paths: the files; accounts when empty.
        files: how files are read, as `read_usage` calls it.
    """

    paths: Path | Sequence[Path]
    live: Live
    regions: Sequence[str]
    files: Mapping[str, Any]

    def read(self, config: Config, tell: Tell) -> tuple[Usage, tuple[Cell, ...]]:
        """Return the usage, and what became of each API where accounts were read.

        Raises:
            AdvisorError: nothing usable could be read.
            Exit: it was a dry run.
        """
        tell("reading usage")
        if not self.paths:
            return read_account(
                self.live, self.regions, self.files["assume"], config.history.final_after_hours, tell
            )
        from advisor.usage import read_usage
        from advisor.usage.regions import in_regions

        usage = read_usage(self.paths, **self.files)
        return in_regions(usage, self.regions), ()

    def tell_notes(self, usage: Usage) -> None:
        """Say on stderr how accounts were read, where the answer itself has no room for it."""
        if not self.paths:
            whisper(*usage.notes)

    def tell_left_out(self, read: Counted, cells: Sequence[Cell]) -> bool:
        """Say what could not be read, on stderr; return whether that is anything."""
        holes = tell_coverage(cells)
        if read.rows_rejected:
            where = "the rejects file" if self.paths else "the notes"
            warn(f"{read.rows_rejected} of {read.rows_read} rows were left out, see {where}")
        return bool(holes or read.rows_rejected)


class Counted(Protocol):
    """What knows how many rows were read and left out: a usage or a plan."""

    @property
    def rows_read(self) -> int:
        """Rows of all files."""
        ...

    @property
    def rows_rejected(self) -> int:
        """Rows that were set aside."""
        ...


def end_partial(is_partial: bool) -> None:
    """End with the exit code for an answer from a part of the input, if it is one.

    Raises:
        Exit: it is.
    """
    if is_partial:
        raise typer.Exit(ExitCode.PARTIAL)
