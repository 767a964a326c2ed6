"""How it looks: colours of the notebook's own theme, and two of a palette that colour-blind people tell apart."""

STYLE = """<style>
.adv { color: var(--jp-ui-font-color1, inherit); font-size: 13px; line-height: 1.4; }
.adv .adv-headline { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; padding: 8px 12px;
  border: 1px solid var(--jp-border-color1, #8888); border-radius: 6px; }
.adv .adv-cost { font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
.adv .adv-kind { padding: 0 8px; border-radius: 10px; border: 1px solid currentColor; }
.adv .adv-sure, .adv .adv-legend { color: var(--jp-ui-font-color2, inherit); }
.adv table.adv-table { border-collapse: collapse; margin: 8px 0; }
.adv .adv-table th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--jp-border-color1, #8888); }
.adv .adv-table th, .adv .adv-table td { padding: 1px 14px 1px 0; background: none; vertical-align: top; }
.adv .adv-num, .adv .adv-table th.adv-num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.adv .adv-bars { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; max-width: 640px; }
.adv .adv-pair { display: grid; grid-template-columns: 1fr max-content; gap: 1px 8px; align-items: center; }
.adv .adv-bar { height: 9px; min-width: 1px; }
.adv .adv-was { background: #8c8c8c; }
.adv .adv-now { background: #0072b2; }
.adv .adv-key { display: inline-block; width: 9px; height: 9px; margin: 0 4px 0 10px; }
.adv .adv-old { opacity: 0.45; }
</style>"""


def framed(html: str, *, old: bool = False) -> str:
    """Return HTML in our own look; what is of an earlier answer is dimmed."""
    return f"<div class='adv{' adv-old' if old else ''}'>{html}</div>" if html else ""
