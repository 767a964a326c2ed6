"""The command with a clock that runs faster: deadlines of minutes end in seconds. `hasty.py TIMES VERB …`."""

from __future__ import annotations

import sys
import time

from advisor.__main__ import main
from advisor.aws import calls
from advisor.aws.clock import Clock

if __name__ == "__main__":
    haste = float(sys.argv[1])
    calls.Clock = lambda: Clock(  # type: ignore[misc,assignment]
        lambda: time.monotonic() * haste, lambda seconds: time.sleep(seconds / haste)
    )
    # not in haste: the simulated server takes what it takes
    calls.ANSWER_S = 5.0
    main(sys.argv[2:])
