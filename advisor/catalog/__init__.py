"""What AWS sells, for how much, as of when."""

from advisor.catalog.book import Catalog, FargateRate, Price
from advisor.catalog.load import load_catalog

__all__ = ["Catalog", "FargateRate", "Price", "load_catalog"]
