"""`advisor.tune(plan)`: sliders and switches for what people argue about, answered while one drags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.errors import AdvisorError, InputError
from advisor.model import Plan, Usage
from advisor.notebook.card import error_card
from advisor.notebook.libraries import widgets
from advisor.report.reproduce import SOURCE

if TYPE_CHECKING:
    from advisor.notebook.tune_panel import TunePanel


def tune(
    plan: Plan,
    usage: Usage | None = None,
    catalog: Catalog | None = None,
    config: Config | None = None,
    *,
    source: str = SOURCE,
) -> Any:
    """Return a widget to argue with a plan: it is asked again as you drag, and settled when you rest.

    Example:
        >>> plan = advise(read_usage("data/shop"), load_catalog())
        >>> advisor.tune(plan)

    Args:
        plan: as `advise` returns it.
        usage, catalog, config: what it was made from; a plan made in this process knows them itself.
        source: the folder or file the usage was read from, for the command lines that repeat a scenario.

    Returns:
        An `ipywidgets.Widget`. What goes wrong is said in a card.

    Raises:
        AdvisorError: ipywidgets is not installed.
    """
    widgets()  # where they are missing there is no card to say it on
    try:
        return tune_panel(plan, usage, catalog, config, source=source).view
    except AdvisorError as fault:
        return error_card(fault)


def tune_panel(
    plan: Plan,
    usage: Usage | None = None,
    catalog: Catalog | None = None,
    config: Config | None = None,
    *,
    source: str = SOURCE,
) -> TunePanel:
    """Return the widget with its parts.

    Raises:
        InputError: what the plan was made from is not known, or is not this.
    """
    from advisor.notebook.tune_clock import KernelClock  # noqa: PLC0415
    from advisor.notebook.tune_panel import TunePanel  # noqa: PLC0415
    from advisor.notebook.tune_session import Session  # noqa: PLC0415
    from advisor.pipeline import what_if  # noqa: PLC0415

    origin = plan.origin
    usage = usage or (origin.usage if origin else None)
    catalog = catalog or (origin.catalog if origin else None)
    config = config or (origin.config if origin else Config())
    if usage is None or catalog is None:
        raise InputError(
            "this plan was made from a document: what it was planned from is not known",
            hint="give it: advisor.tune(plan, usage=read_usage(…), catalog=load_catalog())",
        )
    if (usage.digest, catalog.digest) != (plan.inputs_digest, plan.catalog_digest):
        raise InputError(
            "the plan was not made from this usage and this catalog",
            hint="plan anew: advise(usage, catalog, config)",
        )
    if config.digest() != plan.config_digest:
        raise InputError(
            "the plan was not made under these settings", hint="give config=…, the settings it was made under"
        )
    return TunePanel(Session(what_if(usage, catalog, config, plan=plan), KernelClock()), source)
