"""Models in this process: loaded, and computed with so that nothing is computed twice.

Four packages, each built on those before it:

- `checkpoints` finds a model and loads it.
- `memory` keeps keys and values: on what tree attention is computed, and what is known of paths.
- `reading` computes numbers at positions of paths that are there: what verifiers want.
- `writing` samples tokens behind them, for solvers, and for verifiers that reason.

Beside them: `path_tokens` (text to token ids and back), and what several threads need to share a
model (`worker`, `locking`, `threads`). The engine knows nothing of strategies, scores or runs
but a run's id: to whom what is kept belongs.

Begin with `writing.decoder` and `reading.reader`. Importing this package imports no torch; its
modules do so when they are imported themselves, which only solvers and verifiers do, when they
are built.
"""
