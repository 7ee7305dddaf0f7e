"""The report's style: both themes by the reader's own setting, and on paper the light one.

A page that shows a report within it names its own theme on the root: "light" or "dark".
"""

from __future__ import annotations

from search_core.picture.palette import Theme, variables

_SHARED = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--palette-background); color: var(--palette-text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
h1 { font-size: 1.75rem; margin: 2rem 0 .25rem; }
@media (max-width: 599px) { h1 { font-size: 1.3rem; margin-top: .5rem; } }
h2 { font-size: 1.35rem; margin: 3rem 0 .5rem; padding-top: 1rem;
  border-top: 2px solid var(--palette-muted); }
h3 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--palette-focus); }
a:focus-visible, summary:focus-visible, .wide:focus-visible, input:focus-visible {
  outline: 3px solid var(--palette-focus); outline-offset: 2px; }
.quiet { color: var(--palette-subtle); }
nav ul, .findings { list-style: none; padding: 0; }
nav li { display: inline-block; margin: 0 1.25rem .35rem 0; }
.findings li { margin: .4rem 0; padding-left: 1.9rem; position: relative; max-width: 46rem; }
.findings .figures { display: block; font-size: .85rem; color: var(--palette-subtle); }
.introduced { max-width: 46rem; }
.findings .mark { position: absolute; left: 0; top: .15rem; width: 1.3rem; height: 1.3rem; }
.caution { border-left: 4px solid var(--grade-wrong-line); padding: .3rem .8rem;
  background: var(--palette-surface); }
.wide { overflow-x: auto; margin: .75rem 0 1.25rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; white-space: nowrap; color: var(--palette-subtle);
  padding-bottom: .35rem; }
caption.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
th, td { text-align: right; padding: .28rem 1.4rem .28rem 0; white-space: nowrap;
  border-bottom: 1px solid var(--palette-surface); font-weight: 400; }
th[scope=row], th[scope=col]:first-child { text-align: left; }
thead th { color: var(--palette-subtle); border-bottom-color: var(--palette-muted); }
.steps { width: 100%; }
.steps th { text-align: left; vertical-align: top; }
.steps td.words { white-space: pre-wrap; overflow-wrap: anywhere; text-align: left; width: 99%; }
.steps td { vertical-align: top; }
.steps tr.here th, .steps tr.here td { background: var(--palette-surface); font-weight: 600; }
.prices { width: 100%; }
.prices th, .prices td { text-align: left; vertical-align: top; }
.prices td { white-space: normal; overflow-wrap: anywhere; min-width: 6rem; }
.prices svg { width: 1em; height: 1em; vertical-align: -.1em; }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: .75rem 0 1.25rem; }
.charts svg, .chart svg { max-width: 100%; height: auto; }
details { margin: .35rem 0; border-left: 3px solid var(--palette-muted); padding-left: .8rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
details.more, details.part, details.card { border-left: 0; padding-left: 0; }
.card > summary { margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 2px solid
  var(--palette-muted); }
.part > summary { margin: 2rem 0 .4rem; }
.card > summary > h2, .part > summary > h3 { display: inline; margin: 0; padding: 0; border: 0; }
.skip { position: absolute; left: 1rem; top: -6rem; padding: .5rem 1rem; z-index: 1;
  background: var(--palette-background); border: 2px solid var(--palette-focus); }
.skip:focus { top: .5rem; }
.by-threshold label { display: grid; grid-template-columns: max-content minmax(8rem, 24rem);
  gap: .3rem 1rem; align-items: center; margin: .75rem 0 .25rem; }
.by-threshold input { width: 100%; min-height: 2.25rem; accent-color: var(--palette-focus); }
.by-threshold output { display: block; max-width: 46rem; min-height: 3.1em; }
.labelling { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center;
  max-width: none; }
.labelling[hidden] { display: none; }
.labelling span { flex: 1 1 16rem; }
.labelling button, .judge { font: inherit; color: inherit; background: var(--palette-background);
  border: 1px solid var(--palette-muted); border-radius: .4rem; padding: .3rem .8rem;
  min-height: 2.25rem; cursor: pointer; }
.labelling button:disabled { color: var(--palette-subtle); cursor: default; border-style: dashed; }
.judges { display: flex; flex-wrap: wrap; gap: .5rem; }
.judge[aria-pressed=true] { border: 2px solid currentcolor; font-weight: 600; }
.judge[aria-pressed=true]::before { content: "✓ "; }
.labelling button:focus-visible, .judge:focus-visible { outline: 3px solid var(--palette-focus);
  outline-offset: 2px; }
.problem { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--palette-surface);
  padding: .75rem; font-size: .85rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; font-size: .9rem; }
dt { color: var(--palette-subtle); }
dd { margin: 0; overflow-wrap: anywhere; }
footer { padding-bottom: 3rem; }
@media (max-width: 40rem) {
  .card > summary { margin: 0; padding: .7rem 0; border-top-width: 1px; }
  .part > summary { margin: 0; padding: .55rem 0; }
  .by-threshold label { grid-template-columns: 1fr; }
  .by-threshold output { min-height: 6.2em; }
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: .5rem; }
  /* The figures come first: what they are called takes as many lines as it needs. */
  table { font-size: .78rem; }
  th, td { padding-right: .4rem; }
  th[scope=row] { white-space: normal; min-width: 4.5rem; overflow-wrap: break-word; }
  caption, th, td { white-space: normal; }
  .stacks, .stacks tbody, .stacks caption { display: block; }
  .stacks thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .stacks tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--palette-muted); }
  .stacks th[scope=row] { display: block; border: 0; font-weight: 600; }
  .stacks td { display: flex; justify-content: space-between; gap: 1rem; padding-right: 0;
    border: 0; }
  .stacks td::before { content: attr(data-column); text-align: left;
    color: var(--palette-subtle); }
}
@media print {
  .labelling, .judges, .skip, .by-threshold { display: none; }
  body { font-size: 10pt; }
  nav { display: none; }
  h2, .card { break-before: page; }
  h3, caption { break-after: avoid; }
  tr, svg, .findings li { break-inside: avoid; }
  .wide { overflow: visible; }
  th, td { padding-right: .5rem; white-space: normal; }
}
"""


def style() -> str:
    """The whole style sheet."""
    return (
        ":root { color-scheme: light dark; "
        + _colours("light")
        + " }\n@media screen and (prefers-color-scheme: dark) { :root:not(.light) { "
        + _colours("dark")
        + " } }\n@media screen { :root.dark { "
        + _colours("dark")
        + " } }\n:root.light { color-scheme: light } :root.dark { color-scheme: dark }\n"
        + _SHARED
    )


def _colours(theme: Theme) -> str:
    wanted = ("palette-", "grade-", "series-")
    named = {name: value for name, value in variables(theme).items() if name.startswith(wanted)}
    return " ".join(f"--{name}: {colour};" for name, colour in named.items() if colour)
