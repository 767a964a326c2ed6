"""`python -m advisor` and the `advisor` command."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; always ends in SystemExit."""
    from advisor.cli.app import run

    run(argv)


if __name__ == "__main__":
    main()
