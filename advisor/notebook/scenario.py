"""Scenarios: settled plans by name, side by side, each with what makes it again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.config import Config
from advisor.errors import ConfigError
from advisor.notebook.tune_session import Answer
from advisor.notebook.tune_words import change_words, money, table
from advisor.report.reproduce import SOURCE, command_line, python_code

LONGEST_NAME = 60


@dataclass(frozen=True)
class Scenario:
    """A settled plan's figures under a name.

    Attributes:
        cost_usd, bound_usd: a month, people's time included where it is counted.
        change_usd: its cost less the starting plan's.
        before_usd: the starting plan's cost.
        settings: dotted key → (old value, new value), as text.
    """

    name: str
    config: Config
    cost_usd: float
    bound_usd: float
    change_usd: float
    before_usd: float
    settings: Mapping[str, tuple[str, str]]


class Scenarios:
    """Scenarios beside one starting plan, in the order in which they were saved."""

    def __init__(self, start: Config, source: str = SOURCE) -> None:
        """Begin with none."""
        self.start, self.source = start, source
        self._saved: dict[str, Scenario] = {}

    def save(self, name: str, answer: Answer) -> Scenario:
        """Keep a settled answer under a name.

        Raises:
            ConfigError: the name is empty, long or taken, or the answer is not settled.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME:
            raise ConfigError(
                "a scenario needs a name", hint=f"write one to {LONGEST_NAME} characters beside the button"
            )
        if name in self._saved:
            raise ConfigError(f"a scenario {name} is saved already", hint="remove it, or take another name")
        if answer.compared is None:
            raise ConfigError("this is not settled yet", hint="wait until the headline says proven")
        compared = answer.compared
        found = Scenario(
            name,
            answer.config,
            compared.cost_after_usd,
            compared.bound_after_usd,
            compared.cost_after_usd - compared.cost_before_usd,
            compared.cost_before_usd,
            compared.settings_changed,
        )
        self._saved[name] = found
        return found

    def remove(self, name: str) -> None:
        """Forget a scenario; one that is not there is no fault."""
        self._saved.pop(name, None)

    def names(self) -> list[str]:
        """Return the names as they were saved."""
        return list(self._saved)

    def get(self, name: str) -> Scenario | None:
        """Return a scenario, null where there is none of this name."""
        return self._saved.get(name)

    def command(self, name: str) -> str:
        """Return the command line that gives a scenario's numbers."""
        return command_line(self.start, self._saved[name].config, self.source)

    def code(self, name: str) -> str:
        """Return Python that gives a scenario's numbers."""
        return python_code(self._saved[name].config, self.source)

    def html(self) -> str:
        """Return the scenarios side by side as a table."""
        rows = [
            (
                s.name,
                "; ".join(f"{key} = {new} (was {old})" for key, (old, new) in s.settings.items())
                or "the starting plan",
                money(s.cost_usd),
                money(s.bound_usd, math.floor),
                change_words(s.change_usd, s.before_usd),
            )
            for s in self._saved.values()
        ]
        heads = ("scenario", "settings changed", "cost a month", "no plan under", "against the starting plan")
        return table(heads, rows, frozenset({2, 3, 4}))
