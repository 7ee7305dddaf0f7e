"""Plain batched decoding of the solver's model, by transformers alone: what search is held against.

It never stops early: every row writes the same number of tokens.
"""

from __future__ import annotations

import time
from typing import Any

from search_core.solvers.base import ModelInfo, Sampling

NEW_TOKENS = 96


def plain_decoding(
    path: str, info: ModelInfo, problem: str, sampling: Sampling, *, rows: int, repeats: int
) -> list[float]:
    """Tokens a second of `generate`, once for each repeat, after one that does not count.

    Args:
        path: Folder or Hub id of the solver's model.
        info: The loaded solver's identity: the same dtype and device are taken.
        problem: Problem text; its prompt is shared by all rows.
        rows: Batch size.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from search_core.engine.threads import threads_for, torch_threads

    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModelForCausalLM.from_pretrained(path, dtype=info.dtype, use_safetensors=True)
    model.eval().to(info.device)
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": problem}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    ).to(info.device)
    settings: dict[str, Any] = {
        "do_sample": sampling.temperature > 0,
        "num_return_sequences": rows,
        "min_new_tokens": NEW_TOKENS,
        "max_new_tokens": NEW_TOKENS,
    }
    if sampling.temperature > 0:
        settings |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
    speeds = []
    with torch_threads(threads_for(info.parameters or 0)):
        for _ in range(repeats + 1):
            started = time.perf_counter()
            # Reading the result back waits for the device.
            model.generate(**prompt, **settings).tolist()
            speeds.append(rows * NEW_TOKENS / (time.perf_counter() - started))
    return speeds[1:]
