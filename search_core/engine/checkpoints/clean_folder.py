"""What a library is shown of a model folder: the files that it needs, and nothing that leads away.

A library that is given a stranger's folder looks for more in it than weights: adapters of other
models, Python files, lists of other configs, shards in other formats. It is given a folder of our
own in which the configs are written anew and weights and vocabularies are links.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.dropped_keys import without_dropped
from search_core.engine.checkpoints.hub import ModelLoadError
from search_core.engine.checkpoints.json_files import read_object

_INDEX = "model.safetensors.index.json"
_OTHER_SHARDS = re.compile(r"shard-\d+-model-\d+-of-\d+\.safetensors")
"""A distributed checkpoint, which goes before the weights and is read in another way."""
_VOCABULARIES = (
    *("tokenizer.json", "vocab.json", "merges.txt", "vocab.txt", "tekken.json", "*.tiktoken"),
    *("*.model", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja"),
)
_MOST_VOCABULARY = 64 * 1024**2
"""Bytes of one file; the largest published ones have 35 MB."""
_IDS = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")
_CLASS = re.compile(r"\w{1,80}(Tokenizer|TokenizerFast|Backend)")


@contextmanager
def clean_model_folder(folder: Path, config: Mapping[str, Any]) -> Iterator[Path]:
    """A folder with this config, and with the weights and the tokenizer of another one.

    Args:
        config: As `Checkpoint` has it.

    Raises:
        ModelLoadError: A file is too large, or is not what its name says.
    """
    with clean_tokenizer_folder(folder, config) as clean:
        for path in folder.glob("*.safetensors"):
            if not _OTHER_SHARDS.fullmatch(path.name):
                _link(path, clean)
        if (folder / _INDEX).is_file():
            _write(clean / _INDEX, _index(folder / _INDEX))
        if (folder / "generation_config.json").is_file():
            _write(clean / "generation_config.json", generation_ids(folder))
        yield clean


@contextmanager
def clean_tokenizer_folder(folder: Path, config: Mapping[str, Any] | None = None) -> Iterator[Path]:
    """A folder with the tokenizer of another one. As `clean_model_folder`.

    Args:
        config: None: the folder's own config.json, if it has one.
    """
    with tempfile.TemporaryDirectory(prefix="model-") as made:
        clean = Path(made)
        if config is None and (folder / "config.json").is_file():
            config = without_dropped(read_object(folder / "config.json"))
        if config is not None:
            _write(clean / "config.json", config)
        if (folder / "tokenizer_config.json").is_file():
            _write(clean / "tokenizer_config.json", tokenizer_config(folder))
        for path in (found for name in _VOCABULARIES for found in folder.glob(name)):
            size = path.stat().st_size
            if size > _MOST_VOCABULARY:
                raise ModelLoadError(
                    f"{path} has {size:,} bytes; at most {_MOST_VOCABULARY:,} are read of a "
                    "tokenizer's file. Check that it is one."
                )
            _link(path, clean)
        yield clean


def tokenizer_config(folder: Path) -> dict[str, Any]:
    """A folder's tokenizer_config.json without what would be fetched, imported or opened.

    A class that is not transformers' own is not looked for: the model's type tells one.
    """
    values = without_dropped(read_object(folder / "tokenizer_config.json"))
    kind = values.get("tokenizer_class")
    if kind is not None and not _is_known(kind):
        del values["tokenizer_class"]
    return values


def generation_ids(folder: Path) -> dict[str, Any]:
    """The ids of special tokens in a folder's generation_config.json, as far as it says them.

    Of its sampling `models.default_sampling` makes what can be made of it.
    """
    try:
        values = read_object(folder / "generation_config.json")
    except ModelLoadError:
        return {}  # It says nothing that can be read; the config has the ids too.
    return {name: values[name] for name in _IDS if _are_ids(values.get(name))}


def _are_ids(value: Any) -> bool:
    several = value if isinstance(value, list) else [value]
    return bool(several) and all(
        isinstance(one, int) and not isinstance(one, bool) and 0 <= one < 2**31 for one in several
    )


def _is_known(kind: Any) -> bool:
    if not isinstance(kind, str) or not _CLASS.fullmatch(kind):
        return False
    import transformers

    names = (kind, kind.removesuffix("Fast"), kind + "Fast")
    return any(hasattr(transformers, name) for name in names)


def _index(path: Path) -> dict[str, Any]:
    """A list of shards, each in this very folder."""
    values = read_object(path)
    places = values.get("weight_map")
    if not isinstance(places, dict) or not all(
        isinstance(name, str) and name == Path(name).name for name in places.values()
    ):
        raise ModelLoadError(f"{path} names weights that are not in its folder, or no weights.")
    metadata = values.get("metadata")
    return {"metadata": metadata if isinstance(metadata, dict) else {}, "weight_map": places}


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def _link(path: Path, folder: Path) -> None:
    """By a link, since weights are large; by a copy where there are none."""
    target, made = path.resolve(), folder / path.name
    try:
        made.symlink_to(target)
    except OSError:
        try:
            os.link(target, made)
        except OSError:
            shutil.copyfile(target, made)
