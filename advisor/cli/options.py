"""Options that several verbs share: one name, one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Many = list[str] | None
Rename = Annotated[
    Many, typer.Option("--map", metavar="OURS=THEIRS", help="Read a column under another name; repeatable.")
]
Assume = Annotated[
    Many,
    typer.Option(
        "--assume",
        metavar="COLUMN=VALUE",
        help="Take a value where the input has none, such as tasks=1; repeatable.",
    ),
]
Region = Annotated[
    Many, typer.Option("--region", metavar="REGION", help="Only workloads of this region; repeatable.")
]
LiveRegion = Annotated[
    Many,
    typer.Option(
        "--region",
        metavar="REGION",
        help="Only workloads of this region; repeatable. all: every one that an account has enabled.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME", help="Read an account with these credentials of the AWS command line."
    ),
]
RoleArn = Annotated[
    str | None,
    typer.Option(
        "--role-arn",
        metavar="ARN",
        help="Role to enter before an account is read; {account} in it stands for each account's number.",
    ),
]
Accounts = Annotated[
    str | None,
    typer.Option(
        "--accounts",
        metavar="ID,ID|org",
        help="Read these accounts, each through its --role-arn; org: all active ones of the organization.",
    ),
]
ExternalId = Annotated[
    str | None, typer.Option("--external-id", metavar="ID", help="External id that the role asks for.")
]
Days = Annotated[
    int, typer.Option("--days", min=1, max=455, metavar="DAYS", help="How far back an account is read.")
]
Deep = Annotated[
    bool,
    typer.Option(
        "--deep",
        help="Look for single runs of batch tasks too: in events, logs (paid by the GB) and CloudTrail.",
    ),
]
EventsLogGroup = Annotated[
    str | None,
    typer.Option(
        "--events-log-group",
        metavar="NAME",
        help="Where EventBridge writes task state changes.  [default: /aws/events/ecs…]",
    ),
]
EventsS3 = Annotated[
    str | None,
    typer.Option(
        "--events-s3",
        metavar="S3URL",
        help="Where EventBridge's task state changes are kept in S3; {account} and {region} may stand in it.",
    ),
]
MaxApiUsd = Annotated[
    float | None,
    typer.Option("--max-api-usd", min=0, metavar="USD", help="The most that paid calls to AWS may cost."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what paid calls to AWS would cost, and stop before them.")
]
NoBill = Annotated[
    bool, typer.Option("--no-bill", help="Leave out the account's bill and the commitments it owns.")
]
BillTag = Annotated[
    str | None,
    typer.Option(
        "--bill-tag",
        metavar="KEY",
        help="Cost allocation tag that names the cluster in the bill, such as aws:ecs:clusterName.",
    ),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Ask AWS for all, and neither read nor fill the local store.")
]
Decimal = Annotated[
    str | None, typer.Option("--decimal", metavar="MARK", help="Decimal mark of CSV: comma or point.")
]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", metavar="CHAR", help="What separates columns of CSV.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of CSV, such as cp1252.")
]
Timezone = Annotated[str, typer.Option("--timezone", metavar="ZONE", help="Zone of times that name none.")]
TrustInput = Annotated[
    bool, typer.Option("--trust-input", help="Read files that unpack to over 200 times their size.")
]
SkipBadRows = Annotated[
    bool,
    typer.Option("--skip-bad-rows", help="Set bad rows aside in a rejects file and go on (exit code 3)."),
]
FailOn = Annotated[
    Many,
    typer.Option(
        "--fail-on",
        metavar="FIGURE>NUMBER",
        help="End with exit code 10 if so: savings>500, gap_share>=10%; repeatable.",
    ),
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings instead of ./advisor.toml.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", "--no-progress", help="No progress on stderr.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]
