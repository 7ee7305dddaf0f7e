"""The tokenizer and the chat template that a GGUF file carries, as the files of a model folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from search_core.engine.checkpoints.gguf_config import CONTROL, is_id
from search_core.engine.checkpoints.gguf_header import GgufFile
from search_core.engine.checkpoints.gguf_splitters import SPLITTERS, Splitter
from search_core.engine.checkpoints.hub import ModelLoadError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_NORMAL, _UNKNOWN, _USER_DEFINED, _UNUSED = 1, 2, 4, 5
_MOST_SPECIAL = 20_000
_MOST_PLACES = 100_000_000
"""Places at which pieces may be taken apart, letters counted; Gemma's 256,000 pieces have some
fifteen million."""
_SPECIAL: Mapping[str, str] = {
    "bos_token": "bos_token_id",
    "eos_token": "eos_token_id",
    "unk_token": "unknown_token_id",
    "pad_token": "padding_token_id",
}


def write_tokenizer(file: GgufFile, folder: Path) -> None:
    """Writes tokenizer.json and tokenizer_config.json of a GGUF file's tokenizer.

    Raises:
        ModelLoadError: Its kind, or its way to split a text, is not one that is read; or its lists
            do not belong together.
    """
    said = _Said(file)
    kind = said.get("model", str, "")
    if kind == "gpt2":
        tokenizer = _byte_level(said)
    elif kind == "llama":
        tokenizer = _sentence_piece(said)
    else:
        said.refuse(f"its tokenizer is {kind!r:.40}; gpt2 and llama are read")
    _add_special(said, tokenizer)
    _add_ends(said, tokenizer)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    values = {name: said.special(key) for name, key in _SPECIAL.items()}
    config: dict[str, Any] = {name: token for name, token in values.items() if token is not None}
    config |= {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False}
    template = file.values.get("tokenizer.chat_template")
    if isinstance(template, str) and template:
        config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


class _Said:
    """What the file says of its tokenizer, checked.

    Attributes:
        tokens: By id.
        kinds: Of each token.
        splitter: How a text is split.
    """

    def __init__(self, file: GgufFile) -> None:
        self._file = file
        self.tokens: list[str] = self.get("tokens", list, None)
        if not self.tokens or not all(isinstance(one, str) for one in self.tokens):
            self.refuse("its tokenizer has no tokens")
        if len(set(self.tokens)) < len(self.tokens):
            self.refuse("its tokenizer has a token twice")
        rows = file.tensors["token_embd.weight"].shape[0]
        if len(self.tokens) > rows:
            self.refuse(f"its tokenizer has {len(self.tokens):,} tokens, and its model {rows:,}")
        self.kinds = self.numbers("token_type", [_NORMAL] * len(self.tokens))
        self.splitter = self._splitter() if self.get("model", str, "") == "gpt2" else None

    def get(self, name: str, kind: type, usual: Any) -> Any:
        value = self._file.values.get(f"tokenizer.ggml.{name}", usual)
        if not isinstance(value, kind):
            self.refuse(f"tokenizer.ggml.{name} is no {kind.__name__}")
        return value

    def has(self, name: str) -> bool:
        return f"tokenizer.ggml.{name}" in self._file.values

    def numbers(self, name: str, usual: list[int]) -> list[Any]:
        found: list[Any] = self.get(name, list, usual)
        if len(found) != len(self.tokens) or not all(isinstance(one, int | float) for one in found):
            self.refuse(f"tokenizer.ggml.{name} does not belong to its {len(self.tokens):,} tokens")
        return found

    def special(self, key: str) -> str | None:
        at = self._file.values.get(f"tokenizer.ggml.{key}")
        return self.tokens[at] if is_id(at) and at < len(self.tokens) else None

    def vocabulary(self) -> dict[str, int]:
        """All tokens but what stands for ids that have none."""
        pairs = enumerate(zip(self.tokens, self.kinds, strict=True))
        return {
            token: at for at, (token, kind) in pairs if kind != _UNUSED or token != f"[PAD{at}]"
        }

    def merges(self) -> list[tuple[str, str]]:
        """Each is two tokens with a space between; the first may begin with one."""
        found = []
        for merge in self.get("merges", list, None):
            at = merge.find(" ", 1) if isinstance(merge, str) else -1
            if at < 0:
                self.refuse(f"{merge!r:.80} in tokenizer.ggml.merges is no pair of tokens")
            found.append((merge[:at], merge[at + 1 :]))
        return found

    def begins(self) -> bool:
        """Whether a text begins with a token of its own, as llama.cpp has it."""
        usual = True if self.splitter is None else self.splitter.begins
        begins: bool = self.get("add_bos_token", bool, usual)
        return begins

    def _splitter(self) -> Splitter:
        name = self.get("pre", str, "")
        if name not in SPLITTERS:
            got = f"{name!r:.40}" if name else "not named (the file is an old one)"
            self.refuse(
                f"how its tokenizer splits a text is {got}; {', '.join(SPLITTERS)} are read"
            )
        return SPLITTERS[name]

    def refuse(self, why: str) -> NoReturn:
        raise ModelLoadError(f"{self._file.path.name} cannot be loaded: {why}.")


def _byte_level(said: _Said) -> Tokenizer:
    from tokenizers import Tokenizer, decoders, models, normalizers

    splitter = said.splitter or Splitter()
    made = Tokenizer(
        models.BPE(said.vocabulary(), said.merges(), ignore_merges=splitter.takes_whole)
    )
    if splitter.composes:
        made.normalizer = normalizers.NFC()
    made.pre_tokenizer = splitter.pre_tokenizer()
    made.decoder = decoders.ByteLevel()
    return made


def _sentence_piece(said: _Said) -> Tokenizer:
    """SentencePiece's BPE, as a Llama 2's tokenizer.json has it: bytes where no piece fits, and a
    space before each text (llama.cpp puts one behind each special token, too)."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    unknown = said.special("unknown_token_id")
    if unknown is None and _UNKNOWN in said.kinds:
        unknown = said.tokens[said.kinds.index(_UNKNOWN)]
    vocabulary = said.vocabulary()
    merges = said.merges() if said.has("merges") else _merges_of_scores(said, vocabulary)
    made = Tokenizer(
        models.BPE(vocabulary, merges, byte_fallback=True, fuse_unk=True, unk_token=unknown)
    )
    prefix = said.get("add_space_prefix", bool, True)
    spaces = normalizers.Replace(" ", "▁")
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), spaces]) if prefix else spaces
    parts = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    made.decoder = decoders.Sequence([*parts, decoders.Strip(" ", 1, 0)] if prefix else parts)
    return made


def _merges_of_scores(said: _Said, vocabulary: Mapping[str, int]) -> Sequence[tuple[str, str]]:
    """Pairs of pieces that make another one, the best piece first."""
    from transformers.tokenization_utils_base import generate_merges

    if sum(len(token) ** 2 for token in vocabulary) > _MOST_PLACES:
        said.refuse("its tokenizer's pieces are longer than any tokenizer's")
    scores = said.numbers("scores", [])
    by_piece = {token: float(scores[at]) for token, at in vocabulary.items()}
    merges: Sequence[tuple[str, str]] = generate_merges(dict(vocabulary), by_piece)
    return merges


def _add_special(said: _Said, tokenizer: Tokenizer) -> None:
    """Tokens that stand in a text as they are, whatever is around them."""
    from tokenizers import AddedToken

    pairs = [
        (token, kind == CONTROL)
        for token, kind in zip(said.tokens, said.kinds, strict=True)
        if kind in (CONTROL, _USER_DEFINED) and token
    ]
    if len(pairs) > _MOST_SPECIAL:
        said.refuse(f"its tokenizer has {len(pairs):,} special tokens")
    for special in (True, False):
        added = [AddedToken(token, normalized=False) for token, one in pairs if one == special]
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)(added)


def _add_ends(said: _Said, tokenizer: Tokenizer) -> None:
    """What a text begins and ends with, where it is tokenised with that."""
    from tokenizers.processors import TemplateProcessing

    first = said.special("bos_token_id") if said.begins() else None
    last = said.special("eos_token_id") if said.get("add_eos_token", bool, False) else None
    ends = [token for token in (first, last) if token is not None]
    if not ends:
        return
    before, after = [first] if first is not None else [], [last] if last is not None else []
    tokenizer.post_processor = TemplateProcessing(
        single=[*before, "$A", *after],
        pair=[*before, "$A", *after, *(f"{one}:1" for one in before), "$B:1"]
        + [f"{one}:1" for one in after],
        special_tokens=[(token, said.tokens.index(token)) for token in dict.fromkeys(ends)],
    )
