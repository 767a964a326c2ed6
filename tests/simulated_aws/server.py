"""The HTTP server: a request in, a reply or a fault out, and a line in the journal."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from simulated_aws import refusals, services
from simulated_aws.estate import Estate
from simulated_aws.faults import Fault, Faults
from simulated_aws.identity import Identities
from simulated_aws.journal import Entry, Journal
from simulated_aws.place import Place
from simulated_aws.questions import Question, protocol_of, understand
from simulated_aws.refusals import Refusal
from simulated_aws.replies import InventedError, Written, answered, refused
from simulated_aws.wire_models import GLOBAL

MOST_SKEW = timedelta(minutes=5)
PIECES = 40
"""A reply that trickles comes in so many pieces."""
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class SimulatedAws:
    """An AWS on this machine, for as long as it is entered as a context.

    Args:
        estate: what runs there.
        port: 0 for any that is free.
        skew: how far its clock is ahead of this machine's.

    Attributes:
        faults: what goes wrong; change them between two runs.
        journal: what was asked.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        port: int = 0,
        seed: int = 0,
        faults: tuple[Fault, ...] = (),
        skew: timedelta = timedelta(),
    ) -> None:
        self.estate, self.skew = estate, skew
        self.faults, self.journal = Faults(faults, seed), Journal()
        self.identities = Identities([a.account_id for a in estate.accounts], estate.closed)
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """Return what leads the SDK of another process here, and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "AKIASIMULATED0000001",
            "AWS_SECRET_ACCESS_KEY": "simulated/secret/of/nobody/0123456789abc",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "NO_PROXY": "127.0.0.1",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def now(self) -> datetime:
        """Return what its clock shows."""
        return datetime.now(UTC) + self.skew

    def answer(self, question: Question, fault: Fault | None, account_id: str) -> Written:
        """Return the reply to a request that meets a fault, or none.

        Raises:
            Refusal: AWS says no.
        """
        kind = fault.kind if fault else ""
        if kind == "throttle":
            raise refusals.throttled(question.service)
        if kind == "deny":
            raise refusals.denied(
                question.service, question.name, f"arn:aws:sts::{account_id}:assumed-role/r/x"
            )
        if kind == "internal":
            raise Refusal("InternalFailure", "The request processing has failed", 500)
        if kind == "expire":
            self.identities.end(question.key)
            raise refusals.expired(question.service)
        region = "us-east-1" if question.service in GLOBAL else question.region
        place = Place(self.estate, account_id, region, self.now(), question.key)
        if question.name == "sts:AssumeRole":
            return answered(question, self.identities.assume(question, self.now()))
        found = services.answer(place, question.name, question.params)
        if kind in ("loop", "partial", "message"):
            found = services.spoilt(question.name, kind, found)
        return answered(question, found)

    def check_time(self, question: Question) -> None:
        """Refuse what was signed at another time.

        Raises:
            Refusal: its clock and ours are too far apart.
        """
        here = self.now()
        sent = datetime.strptime(question.sent, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(sent - here) > MOST_SKEW:
            raise refusals.skewed(question.service, question.sent, f"{here:%Y%m%dT%H%M%SZ}")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], aws: SimulatedAws) -> None:
        self.aws = aws
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: a client that was killed is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        self._serve()

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Print nothing; the journal has it."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the time of the simulation's own clock."""
        return super().date_time_string(self.server.aws.now().timestamp() if timestamp is None else timestamp)

    def _serve(self) -> None:
        aws = self.server.aws
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        protocol, entry, fault = protocol_of(self.headers), Entry("?", "?", "?", "?", {}), None
        try:
            question = understand(self.command, self.path, self.headers, body)
            entry = Entry(question.name, "?", question.region, question.key, question.params)
            aws.check_time(question)
            account_id = aws.identities.account_of(question, aws.now())
            entry = replace(entry, account_id=account_id)
            fault = aws.faults.of(question, account_id)
            written = aws.answer(question, fault, account_id)
        except Refusal as refusal:
            entry = replace(entry, outcome=refusal.code)
            written = refused(protocol, refusal)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, a test has to hear of it
            kind = type(wrong).__name__ if not isinstance(wrong, InventedError) else "invented"
            aws.journal.wrong.append(f"{entry.name} {dict(entry.params)}: {kind}: {wrong}")
            entry = replace(entry, outcome="wrong")
            written = refused(protocol, Refusal("InternalFailure", "the simulation is wrong", 500))
        if fault and fault.kind in ("html", "reset", "drip", "garbage", "loop", "partial", "message"):
            entry = replace(entry, outcome=fault.kind)
        aws.journal.write(entry)
        self._send(written, fault)

    def _send(self, written: Written, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        if kind == "reset":
            self._reset()
            return
        if kind == "html":
            written = Written(502, "text/html", HTML)
        self.send_response(written.status)
        self.send_header("Content-Type", written.content_type)
        self.send_header("Content-Length", str(len(written.body)))
        self.end_headers()
        if kind == "garbage":
            self.wfile.write(written.body[: len(written.body) // 2])
            self.wfile.flush()
            self._reset()
        elif kind == "drip" and fault:
            step = max(1, -(-len(written.body) // PIECES))
            for start in range(0, len(written.body), step):
                self.wfile.write(written.body[start : start + step])
                self.wfile.flush()
                time.sleep(fault.seconds)
        else:
            self.wfile.write(written.body)

    def _reset(self) -> None:
        """Hang up without a word, as a dead host does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
