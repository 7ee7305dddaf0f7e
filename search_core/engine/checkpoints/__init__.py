"""From a folder or a Hub id to a model in memory: found, checked, loaded.

Only safetensors are read and no code of a model's is run. Knows nothing of what the model will
be used for. Begin with `checkpoint` (finding one) and `loading`; `hub` downloads, `weights`
reads single tensors, `tokenizers` and `quantisation` do what they are called. torch is imported
when a model is loaded.
"""

from search_core.engine.checkpoints.checkpoint import Checkpoint, ModelLoadError, find_checkpoint
from search_core.engine.checkpoints.tokenizers import load_tokenizer

__all__ = ["Checkpoint", "ModelLoadError", "find_checkpoint", "load_tokenizer"]
