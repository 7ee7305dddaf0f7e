"""In-process models: loading, tokenising, and batched decoding with a key-value cache.

Where things are, from the token up:

- `loading`, `checkpoint`, `hub`, `weights`, `tokenizers`, `quantisation`; `verifier_loading`.
- Attention: `kv_layout` (what a model keeps), `bundled_attention`, `bundles` (the memory),
  `lineup` (a pass), `fixed_shapes` (passes that are replayed), `kv_cache` (models that cannot).
- What was read before: `prefix_store`.
- Writing: `decoder` (one for all runs) with `decode_call`, `waiting_rows`, `batch`, `slots`;
  `tree_key_values` over `seating` and `seats`, or `whole_key_values`; `sampling`, `stopping`.
- Reading for scores: `reader` and `forward`, with `path_reading`, `readouts`, `score_reading`;
  `joining` serves callers from all threads together.
- Writing and reading with one model, for verifiers that reason: `text_writer`, `text_jobs`.
- `budgets`, `out_of_memory`, `device_memory`, `threads`, `worker`, `locking`.

Importing this package imports no torch; its modules do so inside functions or when they are
imported themselves, which only solvers and verifiers do, when they are built.
"""
