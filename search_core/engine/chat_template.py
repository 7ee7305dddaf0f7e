"""What a chat template makes of messages: in bounded time, with a system turn or without one.

A template comes with a model, from a stranger. transformers runs it in jinja's sandbox, where it
reaches nothing; here it also ends. Imports no torch by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search_core.engine.template_limits import bounded, check_template
from search_core.protocols import UsageError

Messages = Sequence[Mapping[str, str]]
_SYSTEM, _USER = "words7f3k", "words2m9x"
"""Words that no template writes itself."""


class ChatTemplate:
    """The chat template of one tokenizer. Not thread-safe, like the tokenizer.

    Where it refuses a system turn (Gemma's do), or leaves out what it says, the system message
    stands at the beginning of the user's turn; see `without_system_turn`.

    Args:
        tokenizer: A transformers tokenizer.
        date: What templates that write today's date are given.
    """

    def __init__(self, tokenizer: Any, date: str) -> None:
        self._tokenizer, self._date = tokenizer, date
        self._takes_system: bool | None = None
        self._checked: object = None

    def ids(self, messages: Messages, *, answer: bool) -> tuple[int, ...]:
        """Ids of a chat. Special tokens spelt out in a message are ordinary text.

        Args:
            answer: Whether the assistant is about to speak.

        Raises:
            UsageError: The template refuses these messages, or it does not end.
        """
        how = {"return_dict": False, "sanitize_control_tokens": True}
        return tuple(self._applied(self._fitting(messages), answer, how))

    def text(self, messages: Messages, *, answer: bool) -> str:
        """Its text. As `ids`."""
        applied: str = self._applied(self._fitting(messages), answer, {"tokenize": False})
        return applied

    def _fitting(self, messages: Messages) -> Messages:
        if not any(message["role"] == "system" for message in messages):
            return messages
        if self._takes_system is None:
            self._takes_system = self._says_system()
        return messages if self._takes_system else without_system_turn(messages)

    def _says_system(self) -> bool:
        asked = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
        try:
            return _SYSTEM in self._applied(asked, True, {"tokenize": False})
        except UsageError:
            return False

    def _applied(self, messages: Messages, answer: bool, how: Mapping[str, bool]) -> Any:
        template = self._tokenizer.chat_template
        try:
            if template is not self._checked:
                check_template(template)
                self._checked = template
            with bounded():
                return self._tokenizer.apply_chat_template(
                    [dict(message) for message in messages],
                    add_generation_prompt=answer,
                    date_string=self._date,
                    **how,
                )
        except Exception as error:  # A template may raise anything.
            raise UsageError(
                f"The model's chat template cannot write this chat ({type(error).__name__}: "
                f"{error!s:.300}). Correct the template, or choose another model."
            ) from error


def without_system_turn(messages: Messages) -> list[dict[str, str]]:
    """The same chat with what the system says at the beginning of the user's next turn.

    As Gemma's own later templates do it: a blank line between the two.
    """
    said: list[dict[str, str]] = []
    waiting: list[str] = []
    for message in messages:
        role, content = message["role"], message["content"]
        if role == "system":
            waiting.append(content)
            continue
        if waiting and role != "user":
            said.append({"role": "user", "content": "\n\n".join(waiting)})
            waiting = []
        said.append({"role": role, "content": "\n\n".join([*waiting, content])})
        waiting = []
    if waiting:
        said.append({"role": "user", "content": "\n\n".join(waiting)})
    return said
