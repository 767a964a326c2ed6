"""New prices from AWS beside the old ones: read, merged, checked, and swapped in whole. Imported by `cli` only."""

from advisor.catalog.refresh.keep import keep_snapshot, replace_bundled
from advisor.catalog.refresh.read import Refreshed, refresh

__all__ = ["Refreshed", "keep_snapshot", "refresh", "replace_bundled"]
