"""`python -m simulated_aws`: start it, print where it listens and what leads the SDK there; end it with Ctrl-C."""

from __future__ import annotations

import argparse
import signal
from threading import Event

from simulated_aws.faults import Fault
from simulated_aws.fleets import ESTATES
from simulated_aws.server import SimulatedAws


def main() -> None:
    """Serve until somebody says stop."""
    words = argparse.ArgumentParser(prog="simulated_aws", description=__doc__)
    words.add_argument("--port", type=int, default=0, help="0: any that is free")
    words.add_argument("--estate", choices=sorted(ESTATES), default="small")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument(
        "--fault", action="append", default=[], help="'throttle share=0.5 api=ecs:*'; repeatable"
    )
    asked = words.parse_args()
    ended = Event()
    # a handler, not a mask: libraries have threads of their own by now, and any of them may be handed the signal
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, lambda *_: ended.set())
    faults = tuple(map(Fault.parse, asked.fault))
    aws = SimulatedAws(ESTATES[asked.estate](asked.seed), port=asked.port, seed=asked.seed, faults=faults)
    with aws:
        for name, value in aws.environment.items():
            print(f"export {name}={value}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
