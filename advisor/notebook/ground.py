"""Whether the page is light or dark: a tiny widget looks at the ground that it stands on and tells when that changes."""

from __future__ import annotations

from functools import cache
from typing import Any

from advisor.notebook.libraries import library, plain_widget

SCRIPT = """
function dark(el) {
  for (let e = el; e; e = e.parentElement || (e.getRootNode() && e.getRootNode().host)) {
    const m = getComputedStyle(e).backgroundColor.match(/[\\d.]+/g);
    if (m && (m.length < 4 || +m[3] > 0.5)) return 0.299 * m[0] + 0.587 * m[1] + 0.114 * m[2] < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
function render({ model, el }) {
  el.style.display = "block";
  const tell = () => {
    const now = dark(el) ? "dark" : "light";
    if (el.isConnected && model.get("ground") !== now) { model.set("ground", now); model.save_changes(); }
  };
  const soon = () => setTimeout(tell, 200);
  const watch = new MutationObserver(soon);
  for (const node of [document.documentElement, document.body])
    watch.observe(node, { attributes: true, attributeFilter: ["class", "style", "data-jp-theme-light", "data-jp-theme-name"] });
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", soon);
  soon();
  return () => { watch.disconnect(); query.removeEventListener("change", soon); };
}
export default { render };
"""


@cache
def _kind() -> Any:
    trait = library("traitlets").Unicode("light").tag(sync=True)
    return type("Ground", (plain_widget(),), {"_esm": SCRIPT, "ground": trait})


def ground() -> Any:
    """Return the widget; its trait `ground` is `light` or `dark`."""
    return _kind()()
