"""The operations that change something, all of them: what delivering a report needs. Reading and planning never get here.

The list is apart from `operations.OPERATIONS`, and so is the one who may call it (`writer.py`): what reads cannot write, and
what writes can do nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from advisor.errors import AwsError


@dataclass(frozen=True)
class Write:
    """One operation.

    Attributes:
        name: IAM's action, `ses:SendEmail`.
        service: as the SDK names it.
        api: as AWS spells it; IAM's words and the SDK's differ here.
    """

    name: str
    service: str
    api: str


WRITES = {
    w.name: w
    for w in (
        Write("s3:PutObject", "s3", "PutObject"),
        # what S3 says of an object that was there before: is it ours?
        Write("s3:GetObject", "s3", "HeadObject"),
        Write("ses:SendEmail", "sesv2", "SendEmail"),
    )
}
"""Name → operation."""


def write_named(name: str) -> Write:
    """Return an operation that may be called.

    Raises:
        AwsError: it is not on the list.
    """
    if name not in WRITES:
        raise AwsError(f"{name} is not among the operations that deliver a report")
    return WRITES[name]


def report_policy(places: Sequence[str] = (), sender: str | None = None) -> dict[str, Any]:
    """Return the IAM policy document that delivering needs, beside what reading needs.

    Args:
        places: ARNs below which the S3 targets put objects; without any, all buckets.
        sender: the one address that mail may be from; without one, any.
    """
    mails: dict[str, Any] = {
        "Sid": "AdvisorReportMail",
        "Effect": "Allow",
        "Action": ["ses:SendEmail", "ses:SendRawEmail"],
        "Resource": ["*"],
    }
    if sender:
        mails["Condition"] = {"StringEquals": {"ses:FromAddress": sender}}
    put = {
        "Sid": "AdvisorReportObjects",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": sorted(f"{place}/*" for place in places) or ["*"],
    }
    return {"Version": "2012-10-17", "Statement": [put, mails]}
