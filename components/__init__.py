"""The page: what a person sees and sets, over the runs that `search_core` makes.

- `page` puts everything together: begin there.
- `controls`: the form, and what it asks for: a problem, a strategy, its options, the models.
- `explorer`: the search tree on show, the recorded examples, and how a run's events get there.
- `handlers`: what happens when a button is pressed, a field changes, or the page opens.
- `charts`: figures of a run, drawn with plotly.
- `elements`: small fields that Gradio does not have; they know nothing of search.
- `guide`: the guide's pages, and where each control is explained.
- `shell`, `places`, `place_list`: what the app serves beside the page, and the way there.
- `palette`, `style`: the palette as plotly and as CSS want it, and the theme of the page.
- `diagram`: the small picture of a recorded run on a strategy's card.
- `stubs`: how Gradio is imported in half of its time.

The page computes nothing of a search: it knows no model, no strategy's rule and no vote. What
happens in the browser, once events are there, is in `assets/js`. Nothing is exported here, so
that the palette can be had without Gradio.
"""

from components.stubs import write_no_stubs

write_no_stubs()
