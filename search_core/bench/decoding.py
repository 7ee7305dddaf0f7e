"""Plain batched decoding of the solver's model by transformers: what search is held against.

It never stops early: every row writes the same number of tokens.
"""

from __future__ import annotations

from typing import Any

from search_core.bench.timing import Timing
from search_core.protocols import ModelInfo, Sampling

NEW_TOKENS = 96


class PlainDecoder:
    """`generate` of one model with one shared prompt, as transformers comes.

    Args:
        path: Folder or Hub id of the solver's model.
        info: The loaded solver's identity: the same dtype, device and threads are taken.
        problem: Problem text; its prompt is shared by all rows.
        rows: Batch size.
        new_tokens: What each row writes.
    """

    def __init__(
        self,
        path: str,
        info: ModelInfo,
        problem: str,
        sampling: Sampling,
        *,
        rows: int,
        new_tokens: int = NEW_TOKENS,
    ) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from search_core.engine import four_bit_weights, half_weights

        tokenizer = AutoTokenizer.from_pretrained(path)
        # Packed weights are of the engine: plain decoding keeps them as it computes, in float32.
        packed = info.dtype in {half_weights.NAME, four_bit_weights.NAME}
        dtype = "float32" if packed else info.dtype
        model = AutoModelForCausalLM.from_pretrained(path, dtype=dtype, use_safetensors=True)
        self._model = model.eval().to(info.device)
        self._parameters = info.parameters or 0
        self._tokens = rows * new_tokens
        self._prompt = tokenizer.apply_chat_template(
            [{"role": "user", "content": problem}],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        ).to(info.device)
        self._settings: dict[str, Any] = {
            "do_sample": sampling.temperature > 0,
            "num_return_sequences": rows,
            "min_new_tokens": new_tokens,
            "max_new_tokens": new_tokens,
        }
        if sampling.temperature > 0:
            self._settings |= {
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "top_k": 0,
            }

    def timing(self) -> Timing:
        """What one batch takes, written from prompt to end."""
        from search_core.engine.threads import threads_for, torch_threads

        timing = Timing()
        with torch_threads(threads_for(self._parameters)), timing.measured():
            # Reading the result back waits for the device.
            self._model.generate(**self._prompt, **self._settings).tolist()
        return timing

    def tokens_per_second(self) -> float:
        """Speed of one batch."""
        return self._tokens / self.timing().wall
