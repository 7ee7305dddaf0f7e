"""The search page's header: all places, the switch of the theme; and the ways into the guide."""

from __future__ import annotations

from typing import Any

import gradio as gr

from components.elements.scripts import script_with
from components.emblem import emblem
from components.guide.controls import control_links, panel_links
from components.guide.glossary import terms_of_page
from components.places import EXPLORE, places_bar
from components.published import published_folder

# In `gradio_config.root` is the address under which the app is mounted.
_ON_LOAD = """
const root = (window.gradio_config?.root ?? location.href.split(/[?#]/)[0]).replace(/\\/?$/, "/");
for (const link of element.querySelectorAll("a[href]")) {
  link.href = new URL(link.getAttribute("href"), root).href;
}
// Kept as `assets/js/guide/theme.js` keeps it; frames of other sites may be denied their storage.
element.addEventListener("click", ({ target }) => {
  if (!target.closest("#theme")) return;
  const dark = document.body.classList.toggle("dark");
  try { localStorage.setItem("espalier-theme", dark ? "dark" : "light"); } catch {}
});
const folder = new URL("gradio_api/file=" + __FOLDER__ + "/", root).href;
import(folder + "js/dom/header.js").then(({ mountHeader }) => mountHeader()).catch(console.error);
import(folder + "js/dom/theme_choice.js").then(({ showChosenTheme }) => {
  showChosenTheme(document.body, new URLSearchParams(location.search).get("__theme"));
}).catch(console.error);
import(folder + "js/guide/links.js").then(({ placeGuideLinks, carryTheme }) => {
  placeGuideLinks(__LINKS__, root);
  carryTheme();
}).catch(console.error);
import(folder + "js/guide/terms.js").then(({ explainTerms }) => {
  explainTerms(__TERMS__, root);
}).catch(console.error);
"""


_SKIP = '<a class="skip" href="#search-tree">Skip to the tree</a>'
# Not by the address: what stands behind its "#" would stay there.
_ON_SKIP = """
element.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("search-tree")?.focus();
});
"""


class Brand(gr.HTML):
    """The app's emblem and name, the page's heading; before them, the way past the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value="",
            html_template=f'{_SKIP}<h1 class="brand">{emblem()}<span>Espalier</span></h1>',
            js_on_load=_ON_SKIP,
            apply_default_css=False,
            **kwargs,
        )


class PlaceList(gr.HTML):
    """Links to the other places, which open in tabs of their own: the form stays as it is. And what
    makes the page light or dark."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value="",
            html_template=places_bar(EXPLORE, "", own_tabs=True),
            js_on_load=script_with(
                _ON_LOAD,
                FOLDER=published_folder(),
                LINKS=[link.as_dict() for link in (*control_links(), *panel_links())],
                TERMS=terms_of_page(),
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        """Schema of the value, for clients."""
        return {"type": "string", "description": "nothing: the places are always the same"}
