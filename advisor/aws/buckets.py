"""How S3 spells the names of buckets."""

from __future__ import annotations

import re

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""Three to 63 characters (S3 user guide, bucket naming rules)."""
