"""The tokenizer of the embedded models: byte-level BPE with single digits.

Every digit is a token of its own (the first one of a number may carry the space before it),
and a blank line, which ends a step, is exactly one token. A conversation is

    <|user|>PROBLEM<|assistant|>STEP\\n\\nSTEP\\n\\n…The answer is X.<|end|>

so every step but the last ends with the token "\\n\\n", and the last with `<|end|>`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

PAD, USER, ASSISTANT, END = "<|pad|>", "<|user|>", "<|assistant|>", "<|end|>"
STEP_DELIMITER = "\n\n"
VOCABULARY_SIZE = 768

_PIECES = r"\n\n| ?[0-9]| ?[A-Za-z]+| ?[^\sA-Za-z0-9]|\s"
_CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}<|user|>{{ message['content'] }}"
    "{% elif message['role'] == 'assistant' %}<|assistant|>{{ message['content'] }}<|end|>"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def train_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Learns the merges from sample texts (problems and solutions).

    Raises:
        ValueError: The texts never contain a blank line, so it got no token.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        special_tokens=[PAD, USER, ASSISTANT, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[USER, ASSISTANT],
        clean_up_tokenization_spaces=False,
        model_max_length=512,
    )
    fast.chat_template = _CHAT_TEMPLATE
    if len(fast.encode(STEP_DELIMITER)) != 1:
        raise ValueError("The blank line got no token of its own: train on whole solutions.")
    return fast


def load_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    loaded: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return loaded
