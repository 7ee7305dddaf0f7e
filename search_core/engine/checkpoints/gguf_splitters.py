"""How byte-level tokenizers split a text before they join its bytes, by llama.cpp's names.

A GGUF file names the rule (`tokenizer.ggml.pre`) and has none of it. The names are those of
llama.cpp's `llama-vocab.cpp`; the rules are those of the tokenizer.json that each name stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_AFTER_NUMBERS = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LLAMA_3 = _CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + _AFTER_NUMBERS
_QWEN_2 = _CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + _AFTER_NUMBERS
_TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass(frozen=True, slots=True)
class Splitter:
    """What stands between a text and its joined bytes.

    Attributes:
        pattern: A regular expression; each match is a piece. "": GPT-2's.
        digits: Whether each digit is cut out first.
        composes: Whether letters are composed with their marks first (Unicode's NFC).
        takes_whole: Whether a piece that is a token is that token, however its bytes would join.
        begins: Whether a text begins with a token of its own where the file does not say.
    """

    pattern: str = ""
    digits: bool = False
    composes: bool = False
    takes_whole: bool = False
    begins: bool = False

    def pre_tokenizer(self) -> Any:
        """The same as the `tokenizers` package has it, with bytes as letters behind it."""
        from tokenizers import Regex, pre_tokenizers

        parts: list[Any] = []
        if self.digits:
            parts.append(pre_tokenizers.Digits(individual_digits=True))
        if self.pattern:
            parts.append(pre_tokenizers.Split(Regex(self.pattern), "isolated"))
        as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=not self.pattern)
        return pre_tokenizers.Sequence([*parts, as_bytes])


_LLAMA = Splitter(_LLAMA_3, takes_whole=True, begins=True)
_QWEN = Splitter(_QWEN_2, composes=True)
SPLITTERS: Mapping[str, Splitter] = {
    "gpt-2": Splitter(),
    "smollm": Splitter(digits=True),
    "llama-bpe": _LLAMA,
    "llama3": _LLAMA,
    "llama-v3": _LLAMA,
    "qwen2": _QWEN,
    "deepseek-r1-qwen": _QWEN,
    "tekken": Splitter(_TEKKEN, takes_whole=True, begins=True),
}
"""By name."""
