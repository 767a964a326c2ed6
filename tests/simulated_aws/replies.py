"""Answers and refusals, held against the model and written in the protocol of the question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.validate import ParamValidator

from simulated_aws import json_values, xml_text
from simulated_aws.questions import Question
from simulated_aws.refusals import Refusal

REQUEST_ID = "00000000-5151-4d4d-8888-000000000000"
XML = "text/xml;charset=UTF-8"
JSON = "application/x-amz-json-1.1"


class InventedError(AssertionError):
    """The simulation answers with something that AWS's model does not know: it is wrong, not the program."""


@dataclass(frozen=True)
class Written:
    """A reply as bytes."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Ready:
    """An answer that is JSON text already, for lists of numbers that are too long to be gone through one by one.

    Attributes:
        shell: the same answer without the long lists; it is held against the model.
    """

    shell: Mapping[str, Any]
    text: str


def answered(question: Question, answer: Mapping[str, Any] | Ready) -> Written:
    """Return an answer as bytes.

    Raises:
        InventedError: the model does not know it.
    """
    shape = question.operation.output_shape
    plain = answer.shell if isinstance(answer, Ready) else answer
    wrong = ParamValidator().validate(plain, shape) if shape else None
    if wrong is not None and wrong.has_errors():
        raise InventedError(f"{question.name}: {wrong.generate_report()}")
    if question.protocol in ("query", "ec2"):
        return Written(200, XML, xml_text.reply(question.operation, plain, REQUEST_ID).encode())
    if isinstance(answer, Ready):
        return Written(200, JSON, answer.text.encode())
    text = json.dumps(json_values.write(shape, plain) if shape else {}, ensure_ascii=False)
    return Written(200, JSON, text.encode())


def refused(protocol: str, refusal: Refusal) -> Written:
    """Return a refusal as bytes."""
    if protocol in ("query", "ec2"):
        text = xml_text.error(protocol, refusal.code, refusal.message, REQUEST_ID)
        return Written(refusal.status, XML, text.encode())
    return Written(
        refusal.status, JSON, json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
    )
