"""Learns low-rank changes, and perhaps a head, from packs; goes on where it stopped."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from search_core.tuning.layers import learned, load_state, state
from search_core.tuning.packs import Example, groups, hidden_states, pack

Loss = Callable[[Tensor, Tensor], Tensor]
"""Of hidden states [n, hidden] and what is wanted there [n]: the mean loss, a scalar."""


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How it is learned.

    Attributes:
        tokens: How many are read in all, what sequences share counted once for each.
        pack_tokens: The most in one pack; each is one update.
        rate: Of AdamW, at its highest.
        warm_up: Share of the tokens over which the rate rises; then it falls in a line to nothing.
        report_every, keep_every: Seconds.
    """

    tokens: int
    pack_tokens: int = 768
    rate: float = 1e-3
    warm_up: float = 0.05
    seed: int = 0
    report_every: float = 30
    keep_every: float = 60


@dataclass
class Learned:
    """How far it came.

    Attributes:
        seconds: Of all the sittings together.
        loss: A running mean.
    """

    tokens: int = 0
    updates: int = 0
    seconds: float = 0.0
    loss: float | None = None


def learn(
    model: Any,
    head: nn.Module | None,
    examples: Sequence[Example],
    loss: Loss,
    settings: LoopSettings,
    kept: Path,
    say: Callable[[str], None],
) -> Learned:
    """Learn the changes that are attached to a model, and a head, if there is one.

    Args:
        examples: Gone through in a new order each time; neighbours share a pack.
        kept: A file with all that a later call needs to go on, written on the way and at the end.
        say: Told a line from time to time.

    Raises:
        ValueError: There are no examples.
    """
    if not examples:
        raise ValueError("Got no examples to learn from; expected one or more.")
    parts = [*learned(model), *(head.parameters() if head is not None else ())]
    optimizer = torch.optim.AdamW(parts, lr=settings.rate, weight_decay=0.0, betas=(0.9, 0.98))
    done = _resumed(kept, model, head, optimizer)
    if done.tokens:
        say(f"goes on after {done.tokens:,} of {settings.tokens:,} tokens")
    reported = saved = started = time.monotonic()
    before = done.seconds
    while done.tokens < settings.tokens:
        for group in _from(examples, settings, done.updates):
            rate = settings.rate * rate_at(done.tokens / settings.tokens, settings.warm_up)
            for setting in optimizer.param_groups:
                setting["lr"] = rate
            found = _update(model, head, group, loss, optimizer, parts)
            done.loss = found if done.loss is None else 0.95 * done.loss + 0.05 * found
            done.tokens += sum(len(one.ids) for one in group)
            done.updates += 1
            now = time.monotonic()
            done.seconds = before + now - started
            if now - reported >= settings.report_every:
                reported = now
                say(_line(done, settings))
            if now - saved >= settings.keep_every:
                saved = now
                _keep(kept, model, head, optimizer, done)
            if done.tokens >= settings.tokens:
                break
    say(_line(done, settings))
    _keep(kept, model, head, optimizer, done)
    return done


def rate_at(progress: float, warm_up: float) -> float:
    """Share of the highest rate: up in a line, and down in a line to a fiftieth."""
    if progress < warm_up:
        return max(progress / warm_up, 0.02)
    return max(1 - (progress - warm_up) / (1 - warm_up), 0.02)


def _from(examples: Sequence[Example], settings: LoopSettings, updates: int) -> list[list[Example]]:
    """The packs that are still to come in this round through the examples."""
    skip, epoch = updates, 0
    while True:
        rng = random.Random(f"{settings.seed}/{epoch}")
        packs = list(groups(_shuffled(examples, rng), settings.pack_tokens))
        rng.shuffle(packs)
        if skip < len(packs):
            return packs[skip:]
        skip, epoch = skip - len(packs), epoch + 1


def _shuffled(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """In a new order, in which all that was made of one problem stays together."""
    together: dict[tuple[int, ...], list[Example]] = {}
    for one in examples:
        together.setdefault(one.ids[: one.asked], []).append(one)
    families = list(together.values())
    rng.shuffle(families)
    return [one for family in families for one in rng.sample(family, len(family))]


def _update(
    model: Any,
    head: nn.Module | None,
    group: Sequence[Example],
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    parts: Sequence[nn.Parameter],
) -> float:
    packed = pack(group)
    states = hidden_states(model.get_decoder(), packed)
    found = loss(states, packed.wanted.to(states.device))
    optimizer.zero_grad(set_to_none=True)
    found.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(parts, 1.0)
    optimizer.step()
    value = float(found.detach())
    if not math.isfinite(value):
        raise ValueError(f"The loss is {value}. Lower the rate and begin anew.")
    return value


def _line(done: Learned, settings: LoopSettings) -> str:
    pace = done.tokens / done.seconds if done.seconds else 0
    left = (settings.tokens - done.tokens) / pace if pace else 0
    return (
        f"{done.tokens:,} of {settings.tokens:,} tokens, loss {done.loss or 0:.3f}, "
        f"{pace:.0f} tokens a second, {max(0, left) / 60:.0f} min left"
    )


def _keep(path: Path, model: Any, head: nn.Module | None, optimizer: Any, done: Learned) -> None:
    """Written beside and renamed, so that a stop leaves no half file."""
    values = {
        "changes": state(model),
        "head": head.state_dict() if head is not None else {},
        "optimizer": optimizer.state_dict(),
        "done": vars(done),
    }
    partial = path.with_suffix(".partial")
    torch.save(values, partial)
    partial.replace(path)


def _resumed(path: Path, model: Any, head: nn.Module | None, optimizer: Any) -> Learned:
    if not path.is_file():
        return Learned()
    # This very command's own file; nothing in it is run.
    values: Mapping[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    load_state(model, values["changes"])
    if head is not None:
        head.load_state_dict(values["head"])
    optimizer.load_state_dict(values["optimizer"])
    return Learned(**values["done"])
