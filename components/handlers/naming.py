"""A page names its run itself, and its address has that name before the server hears of it.

So whoever reloads the page finds the run that they asked for, while it waits, while its models are
loaded, and after its first step alike; and no run is started twice. Scripts of the page's own,
which Gradio runs before it calls a handler: they cannot wait for the explorer's modules.
"""

from __future__ import annotations

_NEW_NAME = """
const bytes = crypto.getRandomValues(new Uint8Array(16));
const name = btoa(String.fromCharCode(...bytes))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
"""

NAME_RUN = f"""(_, ...fields) => {{
  {_NEW_NAME}
  document.querySelector("#explorer .esp")?.espalier?.expect(name);
  return [name, ...fields];
}}"""
"""Before a run of the form: its new name in place of the first input."""

NAME_STEERED_RUN = f"""(_, asked) => {{
  {_NEW_NAME}
  const explorer = document.querySelector("#explorer .esp")?.espalier;
  explorer?.expect(name);
  return [name, explorer?.steering.text ?? ""];
}}"""
"""Before a run is steered: the new run's name, and what is asked of the one on show."""

NAME_LINKED_RUN = f"""() => {{
  const query = new URLSearchParams(location.search);
  if (query.has("run") || !query.get("problem")) return [query.get("run") ?? ""];
  {_NEW_NAME}
  query.set("run", name);
  history.replaceState(history.state, "", `${{location.pathname}}?${{query}}${{location.hash}}`);
  return [name];
}}"""
"""As a page opens: the name of the run in its address; of a recipe there, a new one, beside it."""
