"""Public documents: HTTPS only, no redirects, up to a size, and only JSON."""

from __future__ import annotations

import io
from http.client import HTTPException

import pytest

from advisor.aws import public
from advisor.errors import AwsError, UnreachableError


@pytest.fixture
def answers(monkeypatch):
    """Answer the next request with a status and a body, or a fault; return what was asked."""
    asked: list[tuple[str, str]] = []

    def given(body: bytes = b"{}", status: int = 200, fault: Exception | None = None):
        class Answer(io.BytesIO):
            pass

        Answer.status = status

        class Connection:
            def __init__(self, host: str, timeout: float) -> None:
                self.host = host
                assert timeout > 0

            def request(self, method: str, path: str, headers: dict[str, str]) -> None:
                asked.append((method, f"https://{self.host}{path}"))
                if fault:
                    raise fault

            def getresponse(self) -> Answer:
                return Answer(body)

            def close(self) -> None:
                asked.append(("CLOSE", ""))

        monkeypatch.setattr(public, "HTTPSConnection", Connection)
        return asked

    return given


def test_a_document_is_read(answers) -> None:
    asked = answers(b'{"a": [1]}')
    assert public.public_json("https://host.example/data.json") == {"a": [1]}
    assert asked == [("GET", "https://host.example/data.json"), ("CLOSE", "")]


@pytest.mark.parametrize("status", [301, 302, 403, 500])
def test_another_status_is_no_document(answers, status: int) -> None:
    answers(b'{"a": 1}', status)
    with pytest.raises(UnreachableError, match=str(status)):
        public.public_json("https://host.example/x")


@pytest.mark.parametrize("fault", [OSError("no route"), TimeoutError("slow"), HTTPException("odd")])
def test_silence_is_unreachable(answers, fault: Exception) -> None:
    asked = answers(fault=fault)
    with pytest.raises(UnreachableError):
        public.public_json("https://host.example/x")
    assert asked[-1] == ("CLOSE", "")


def test_a_document_without_end_is_cut(answers, monkeypatch) -> None:
    monkeypatch.setattr(public, "MOST_BYTES", 10)
    answers(b'"12345678"')
    assert public.public_json("https://host.example/x") == "12345678"
    answers(b'"123456789"')
    with pytest.raises(AwsError, match="longer than 10 bytes"):
        public.public_json("https://host.example/x")


def test_what_is_no_json_is_said(answers) -> None:
    answers(b"<html>")
    with pytest.raises(AwsError, match="is no JSON"):
        public.public_json("https://host.example/x")
