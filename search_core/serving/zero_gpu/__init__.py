"""Runs on ZeroGPU: a Space's main process has no GPU, and each run gets one for a short while.

`driver.py` asks for the GPU and hands on what happens there (begin here), `ticket.py` is the run
as it crosses the fork, `worker.py` the other side, `errors.py` puts into plain words why there was
no GPU, and `log_end.py` ends the log of a worker that died. `spaces` itself is handed in: nothing
here imports it.
"""

from search_core.serving.zero_gpu.driver import ZeroGpu
from search_core.serving.zero_gpu.errors import GpuError

__all__ = ["GpuError", "ZeroGpu"]
