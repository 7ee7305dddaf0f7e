"""Numbers at positions of paths, for verifiers: what was read of a path is not read again.

- `path_reading`: what is asked and answered. `readouts`, `score_reading`, `log_ratio`: how a
  number follows from hidden states.
- `reader` makes batches of requests; `prefill` computes one of them in one pass.
- `forward_batch`: the tokens of a pass and where each stands in the blocks; decoding uses it too.
- `call_batcher`: calls of several threads are answered together.

Knows nothing of text or of steps. Begin with `path_reading`, then `reader`.
What is exported here imports no torch.
"""

from search_core.engine.reading.call_batcher import BatchedCall, CallBatcher
from search_core.engine.reading.path_reading import PathText, Readout, ReadRequest, ReadResult

__all__ = ["BatchedCall", "CallBatcher", "PathText", "ReadRequest", "ReadResult", "Readout"]
