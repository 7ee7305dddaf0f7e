"""One checkpoint in two roles is in memory once: the second stands on the weights of the first.

A solver and a judge of the same folder compute on threads of their own, and each sets its model's
attention up as it needs it. So each has a model and a tokenizer of its own, and the parameters
alone, which nobody writes to, are shared.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Iterator
from typing import Any

Key = tuple[str, ...]

_there: weakref.WeakValueDictionary[Key, Any] = weakref.WeakValueDictionary()


def remember(key: Key, model: Any) -> None:
    """A model was loaded. It is forgotten with its last user.

    Args:
        key: All that its weights depend on: which, in what class, in what precision, and where.
    """
    _there[key] = model


def on_same_weights(key: Key) -> Any | None:
    """Another model over the weights of one that is there; None: there is none."""
    model = _there.get(key)
    if model is None:
        return None
    from search_core.engine.half_weights import packed_of

    shared = (*model.parameters(), *model.buffers(), *_quantised(model), *packed_of(model))
    return copy.deepcopy(model, {id(held): held for held in shared})


def _quantised(model: Any) -> Iterator[Any]:
    """What layers of 8 and 4 bits keep of their weights beside their parameters: from its first
    use on an 8-bit layer has them in its `state` (bitsandbytes' `MatmulLtState`)."""
    for module in model.modules():
        state: Any = getattr(module, "state", None)
        if hasattr(state, "CB"):
            yield from (held for held in (state.CB, state.SCB) if held is not None)
