"""Which version of the program this is."""

from __future__ import annotations


def installed_version() -> str:
    """Return the version of the package, of the compiled core in a checkout that was never installed, or `unknown`."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("advisor")
    except PackageNotFoundError:
        pass
    try:
        from advisor.core.door import core
    except ImportError:
        return "unknown"
    return str(core.__version__)
