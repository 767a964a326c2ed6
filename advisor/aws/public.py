"""Public documents of AWS that need no credentials: read over HTTPS, without redirects, up to a size."""

from __future__ import annotations

import json
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from advisor.errors import AwsError, UnreachableError

TIMEOUT_S = 30.0
MOST_BYTES = 64 * 1024 * 1024
OK = 200


def public_json(address: str) -> Any:
    """Return a public JSON document.

    Raises:
        UnreachableError: nobody answers, or not with the document.
        AwsError: what came is too long, or no JSON.
    """
    parts = urlsplit(address)
    connection = HTTPSConnection(parts.netloc, timeout=TIMEOUT_S)
    try:
        connection.request("GET", parts.path, headers={"User-Agent": "advisor"})
        answer = connection.getresponse()
        content = answer.read(MOST_BYTES + 1)
    except (OSError, HTTPException) as error:
        raise UnreachableError(f"{address}: {error}") from error
    finally:
        connection.close()
    if answer.status != OK:
        raise UnreachableError(f"{address}: answered with status {answer.status}")
    if len(content) > MOST_BYTES:
        raise AwsError(f"{address}: is longer than {MOST_BYTES:,} bytes")
    try:
        return json.loads(content)
    except ValueError as error:
        raise AwsError(f"{address}: is no JSON: {error}") from error
