"""A run has its name before it has anything to show, and no name starts two runs."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from components.controls import ModelOffer, make_controls
from components.controls.strategy_card import cards
from components.explorer import examples, pin_recordings
from components.handlers import RunHandlers
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Solver
from search_core.run.limits import Limits
from search_core.serving import RunRegistry
from tests.fakes import World
from tests.test_following import in_a_loop
from tests.waiting import PATIENCE

NAME = "named-by-the-page-1234"
WORLD = World(ends=0.4)


@dataclass
class Loading(ModelPair):
    """Models that take until the gate opens to load."""

    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def solver(self) -> Solver:
        assert self.gate.wait(PATIENCE)
        return WORLD.solver()
