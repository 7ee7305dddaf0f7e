"""Log-probabilities that an earlier Espalier made up: 0 where a server had given none.

The number alone does not tell, for a model may be as sure as that. The log does: it said so in a
warning, in words that nothing else ever wrote.
"""

from __future__ import annotations

from collections.abc import Sequence

from search_core.log.events.accounts import Warned
from search_core.log.events.event import Event
from search_core.log.events.steps import Sampled

SAID = "The solver's server gives no log-probabilities: they are written down as 0"


def without_made_up_logprobs(events: Sequence[Event]) -> list[Event]:
    """The events as they are written now: what was not given is None."""
    if not any(isinstance(event, Warned) and event.message.startswith(SAID) for event in events):
        return list(events)
    return [
        event.model_copy(update={"logprob": None})
        if isinstance(event, Sampled) and event.tokens and event.logprob == 0
        else event
        for event in events
    ]
