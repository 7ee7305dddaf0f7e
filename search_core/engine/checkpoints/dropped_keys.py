"""What a model folder's configs say that would make a library fetch, import or open something.

None of it is needed to read a model whose class transformers has, so none of it is read. By the
source of transformers 5: `AutoConfig`, `AutoModel*`, `AutoTokenizer` and `PreTrainedModel`
(`from_pretrained`), `integrations/hub_kernels.py`, `integrations/peft.py`, `quantizers/`,
`fusion_mapping.py` and `backbone_utils.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_core.engine.checkpoints.hub import ModelLoadError

_CODE = {"auto_map", "custom_generate", "custom_pipelines", "trust_remote_code", "code_revision"}
"""Python files of the folder's, or of another repository's."""
_FROM_ELSEWHERE = {
    *("name_or_path", "_name_or_path", "base_model_name_or_path", "_commit_hash", "gguf_file"),
    *("peft_config", "adapter_kwargs", "_adapter_model_path", "adapter_name"),
    *("backbone", "use_timm_backbone", "use_pretrained_backbone", "backbone_kwargs", "timm_model"),
    *("pretrained_model_name_or_path", "revision", "subfolder", "token", "use_auth_token"),
    *("cache_dir", "proxies", "local_files_only", "force_download", "is_local", "mirror"),
}
"""Another repository, another folder, or how to get there."""
_OTHER_FILES = {
    "configuration_files",
    "transformers_weights",
    "fast_tokenizer_files",
    "init_inputs",
}
"""Files in the place of those that are read."""
_PATCHES = {
    *("fusion_config", "distributed_config", "device_map", "tp_plan", "tp_size", "kernel_config"),
    *("use_kernels", "use_hub_kernels", "_flash_attn_2_enabled", "attention_backend"),
    *("_from_auto", "_from_pipeline", "tokenizer_object", "__slow_tokenizer", "from_slow"),
}
"""Changes to the library itself, and arguments that only a program can mean."""
_NAMES = _CODE | _FROM_ELSEWHERE | _OTHER_FILES | _PATCHES
_ENDINGS = ("_implementation", "_implementation_internal", "_implementation_autoset", "_file")
"""Attention or experts by a kernel of the Hub ("kernels-community/flash-attn"); a path."""
_DTYPES = ("auto", "float16", "bfloat16", "float32", "float64", None)
_MOST_DEEP = 20
_QUANTISED = {"bitsandbytes"}
"""Ways in which stored weights may be quantised: what comes with a library that is asked for."""


def without_dropped(values: Mapping[str, Any], deep: int = 0) -> dict[str, Any]:
    """The same without what would be fetched, imported or opened, at any depth.

    Raises:
        ModelLoadError: It is nested more than 20 deep, which no config is.
    """
    return {key: _kept(value, deep) for key, value in values.items() if not _drops(key, value)}


def check_quantised(name: str, config: Mapping[str, Any]) -> None:
    """Refuse weights that are stored in a way that only other libraries, or fetched code, read.

    Raises:
        ModelLoadError: They are.
    """
    found = [
        part["quantization_config"]
        for part in (config, config.get("text_config"))
        if isinstance(part, Mapping) and part.get("quantization_config") is not None
    ]
    if "compression_config" in config:
        found.append(config["compression_config"])
    for how in found:
        method = how.get("quant_method") if isinstance(how, Mapping) else how
        if method is None and isinstance(how, Mapping):
            method = "bitsandbytes" if how.get("load_in_8bit") or how.get("load_in_4bit") else None
        if method not in _QUANTISED:
            raise ModelLoadError(
                f"{name} has weights that are quantised by {method!s:.60}, which only other "
                f"libraries or code from the Hub read; {', '.join(_QUANTISED)} is read here. "
                "Choose the model with whole weights, and --dtype int8 or int4 if it is too large."
            )


def _drops(key: str, value: Any) -> bool:
    if key in _NAMES or key.endswith(_ENDINGS):
        return True
    if key in ("dtype", "torch_dtype"):  # It would be looked up in torch, whatever it is.
        return value not in _DTYPES
    # A convolution's kernel is a number, or some.
    return "kernel" in key and isinstance(value, str | dict)


def _kept(value: Any, deep: int) -> Any:
    if deep > _MOST_DEEP:
        raise ModelLoadError(
            f"A config of the model is nested more than {_MOST_DEEP} deep; no model's is."
        )
    if isinstance(value, dict):
        return without_dropped(value, deep + 1)
    if isinstance(value, list):
        return [_kept(one, deep + 1) for one in value]
    return value
