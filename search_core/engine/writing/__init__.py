"""Sampling tokens behind paths: continuous batching of the sequences of all runs.

- `requests`: what is asked and answered. `decode_call`: a caller's sequences under way.
- `decoder`: the loop, a token for every sequence at each step; `scheduler` says who joins,
  `decode_batch` decodes, `sampling` draws, `stopping` knows when a step has ended.
- `decode_cache`: what a batch keeps of its sequences: `tree_cache` over `block_manager` and
  `blocks`, replayed by `cuda_graphs`; `dense_cache` where a model's attention cannot be cut.
- `text_writer`, with `text_calls` and `text_stops`: whole texts, read again by the same model.

The decoder knows nothing of text, problems or steps: token ids in, token ids out. Begin with
`decoder`. What is exported here imports no torch.
"""

from search_core.engine.writing.requests import DecodeRequest, DecodeResult
from search_core.engine.writing.stopping import StopTable, stop_table

__all__ = ["DecodeRequest", "DecodeResult", "StopTable", "stop_table"]
