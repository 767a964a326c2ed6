"""`advisor policy`: the least that a role must be allowed so that advisor can read an account."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from advisor.aws.operations import Tier
from advisor.aws.policy import policy as policy_of
from advisor.cli.options import Debug


def policy(
    tier: Annotated[
        Tier,
        typer.Option(
            "--tier",
            help="basic: what runs and what it uses; cost: what is paid, owned and offered too; "
            "deep: and single runs, from logs and trails.",
        ),
    ] = Tier.BASIC,
    debug: Debug = False,
) -> None:
    """Print the least-privilege IAM policy for reading an account, made of the operations that advisor may call.

    \b
    Examples:
      advisor policy > advisor-policy.json
      advisor policy --tier cost
    """
    del debug  # read from the command line when something fails
    print(json.dumps(policy_of(tier), indent=2))
