"""What values a setting may have."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, Strict

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


Share = Annotated[float, Field(ge=0.0, le=1.0)]


Positive = Annotated[float, Field(gt=0.0)]


NonNegative = Annotated[float, Field(ge=0.0)]


Flag = Annotated[bool, Strict()]
