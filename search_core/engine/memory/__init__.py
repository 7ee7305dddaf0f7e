"""Keys and values of paths: where they lie, how attention reads them, how much there may be.

- `prefix_cache`: what is known of paths, as a radix tree, kept between calls.
- `block_pool` and `tree_attention`: what is computed with now. Paths with a common beginning
  share a block; `kv_layout` says whether a model can do that, and `growing_cache` is for those
  that cannot.
- `budget`, `device_memory`, `out_of_memory`, `transfers`: bytes.

Token ids and tensors only: it knows nothing of text, and nothing of who reads or writes. Begin
with `prefix_cache`, then `block_pool`. What is exported here needs no torch until it is used.
"""

from search_core.engine.memory.budget import BY_DEVICE, MemoryBudget, bytes_per_token

__all__ = ["BY_DEVICE", "MemoryBudget", "bytes_per_token"]
