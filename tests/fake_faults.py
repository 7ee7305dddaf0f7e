"""What the fake server does wrong, on demand."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass
class Faults:
    """What the server does wrong. Change it while the server runs.

    Attributes:
        status: Answer completions with this status and `message`; 0: do not.
        gate: Hold every completion after its first token until this is set.
        longest: Prompts of more tokens fail, as soon as another completion waits at the gate.
        cut_after: Break the connection off after so many events; None: do not.
        n_ignored, stop_ignored, seed_ignored: As a server that does not know the parameter.
        identical: Every sample is the most probable one.
        same_siblings: Samples of one request are the same; of two they differ.
        silent: Not to say which stop string ended a text.
        keeps_stop: Leave the stop string in the text.
        no_logprobs, no_usage: Leave them out.
        tempered: Log-probabilities are those after temperature.
        no_choice: Ignore `logprob_token_ids`, and give the `top` most probable tokens by text (as
            llama.cpp's server: ignore `logit_bias`).
        no_tokenizer: Do not tokenise for others.
        no_ids, no_texts: Do not give the ids of samples, nor the text of ids.
        whole: Ignore `stream`.
        endings: Samples by their index, each with what is said in place of its finish reason.
        odd_logprob: What is said in place of the log-probability of each sample's second token.
        refuses: Parameters that are answered with status 400.
    """

    status: int = 0
    message: str = "the engine died"
    gate: threading.Event | None = None
    longest: int | None = None
    cut_after: int | None = None
    n_ignored: bool = False
    stop_ignored: bool = False
    seed_ignored: bool = False
    identical: bool = False
    same_siblings: bool = False
    silent: bool = False
    keeps_stop: bool = False
    no_logprobs: bool = False
    tempered: bool = False
    no_usage: bool = False
    no_choice: bool = False
    top: int = 1000
    no_tokenizer: bool = False
    no_ids: bool = False
    no_texts: bool = False
    whole: bool = False
    endings: tuple[tuple[int, str | None], ...] = ()
    odd_logprob: tuple[float | None, ...] = ()
    refuses: tuple[str, ...] = ()
