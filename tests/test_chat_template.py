"""Chat templates: those that take no system turn, and those that never end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from search_core.engine.chat_template import ChatTemplate, without_system_turn
from search_core.engine.checkpoints import ModelLoadError
from search_core.engine.coroutines import completed
from search_core.engine.path_tokens import TEMPLATE_DATE, PathTokens
from search_core.engine.template_limits import MOST_LINES, check_template
from search_core.protocols import SampleRequest, Sampling, UsageError
from search_core.remote import RemoteAddress, RemoteError, RemoteSolver
from search_core.remote.tokens import ServerTokens
from search_core.solvers import load_solver
from search_core.verifiers.formats.tokenizers import LocalTokenizer
from tests.fake_server import FakeServer
from tests.tiny_models import TEMPLATE, tiny_solver, tiny_tokenizer

# Gemma's kind.
REFUSING = (
    '{% if messages[0]["role"] == "system" %}{{ raise_exception("no system turn here") }}'
    "{% endif %}" + TEMPLATE
)
# What it says is left out without a word.
DEAF = TEMPLATE.replace("<|user|>", "{% if message['role'] != 'system' %}<|user|>").replace(
    "{% endfor %}", "{% endif %}{% endfor %}"
)


def go_on() -> bool:
    return False


def chat(*turns: str) -> list[dict[str, str]]:
    """Messages from "role: content"."""
    pairs = (turn.split(": ", 1) for turn in turns)
    return [{"role": role, "content": content} for role, content in pairs]


@pytest.mark.parametrize("template", [REFUSING, DEAF])
def test_without_a_system_turn_the_prompt_stands_in_the_users(template: str) -> None:
    tokenizer = tiny_tokenizer(template)
    paths = PathTokens(tokenizer, system_prompt="Be brief.")
    assert tokenizer.decode(paths.prompt("1 + 1")) == "<|user|>Be brief.\n\n1 + 1<|assistant|>"
    revised = tokenizer.decode(paths.prompt("1 + 1", (("It is 3.",),)))
    assert revised.startswith("<|user|>Be brief.\n\n1 + 1<|user|>It is 3.<|user|>This attempt")
    local = LocalTokenizer(tokenizer)
    said = [("system", "Judge."), ("user", "1 + 1 = 3")]
    ids = completed(local.conversation(said, answer=True))
    assert tokenizer.decode(ids) == "<|user|>Judge.\n\n1 + 1 = 3<|assistant|>"
    before, behind = completed(local.around(said, ("1 + 1 = 3",), answer=True))
    assert tokenizer.decode(before) == "<|user|>Judge.\n\n"
    assert tokenizer.decode(behind) == "<|assistant|>"


def test_a_template_that_takes_a_system_turn_gets_one() -> None:
    tokenizer = tiny_tokenizer()
    prompt = PathTokens(tokenizer, system_prompt="Be brief.").prompt("1 + 1")
    assert tokenizer.decode(prompt) == "<|user|>Be brief.<|user|>1 + 1<|assistant|>"


def test_what_a_system_turn_says_goes_to_the_user_next_to_it() -> None:
    assert without_system_turn(chat("user: a")) == chat("user: a")
    assert without_system_turn(chat("system: s", "user: a")) == chat("user: s\n\na")
    assert without_system_turn(chat("system: s", "system: t", "user: a")) == chat(
        "user: s\n\nt\n\na"
    )
    assert without_system_turn(chat("system: s", "assistant: a")) == chat("user: s", "assistant: a")
    assert without_system_turn(chat("user: a", "system: s")) == chat("user: a", "user: s")


@pytest.mark.parametrize("maker", ["vllm", "sglang", "llamacpp"])
@pytest.mark.parametrize("template", [REFUSING, DEAF, TEMPLATE])
def test_over_a_server_the_prompt_is_the_same(tmp_path: Path, maker: str, template: str) -> None:
    folder = tiny_solver(tmp_path, template=template)
    here = PathTokens(tiny_tokenizer(template), system_prompt="Be brief.").prompt("1 + 1")
    server = FakeServer(folder, maker=maker)
    try:
        for options in ("", f"#tokenizer={folder}"):
            address = RemoteAddress.parse(server.url + options)
            solver = RemoteSolver(address, system_prompt="Be brief.")
            server.asked.clear()
            solver.sample([SampleRequest("1 + 1", (), 1)], Sampling(max_step_tokens=2), go_on)
            [asked] = [body for _, body in server.asked if body.get("stream")]
            assert tuple(asked.get("prompt", asked.get("input_ids"))) == here
    finally:
        server.close()


def test_a_server_that_refuses_for_another_reason_is_not_taken_for_one_that_does_so() -> None:
    """One that is too busy says nothing of the chat."""
    tokens = ServerTokens("model")
    server = Refusing(503)
    with pytest.raises(RemoteError):
        asyncio.run(tokens.chat(server, chat("system: s", "user: a")))  # type: ignore[arg-type]
    server.status = 0
    asyncio.run(tokens.chat(server, chat("system: s", "user: a")))  # type: ignore[arg-type]
    assert server.asked[-1] == chat("system: s", "user: a")


class Refusing:
    """A server that refuses everything with a status, or nothing with 0."""

    name, root = "localhost:1", "http://localhost:1"

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked: list[Any] = []

    async def post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body["messages"])
        if self.status:
            raise RemoteError("no", self.status)
        return {"tokens": [ord(letter) for one in body["messages"] for letter in one["content"]]}


# Templates that never end, or fill the memory -----------------------------------------------


LOOP = "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}"
LONG = "{% set a = 'x' * 9999 %}"
HELD, MADE = "holds a value of more than", "makes more than"
ABSURD: dict[str, tuple[str, str]] = {
    "an endless loop": (LOOP, f"takes more than {MOST_LINES:,} lines"),
    "a loop inside a filter": (
        "{% for i in range(9999) %}{{ range(9999)|map('string')|join }}{% endfor %}",
        "lines",
    ),
    "a macro without an end": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion"),
    "a large range": ("{% for i in range(1000000000) %}x{% endfor %}", "the number 1000000000"),
    "a power": ("{{ 10 ** 9 }}", "raises to a power"),
    "a wide format": ("{{ '%100000000s' % 'x' }}", "the number"),
    "a text that doubles": (
        "{% set n = namespace(t='xxxx') %}{% for i in range(60) %}{% set n.t = n.t ~ n.t %}"
        "{% endfor %}{{ n.t }}",
        "holds a value of more than",
    ),
    "a text times a number": ("{{ 'x' * (9999 * 9999) }}", HELD),
    "a number times a text": ("{{ 9999 * ('x' * 9999) }}", HELD),
    "a list times a number": ("{{ ([0] * 9999 * 9999)|length }}", HELD),
    "a number of many digits": ("{{ " + " * ".join(["9999"] * 9) + " }}", "multiplies to"),
    "many texts in a row": (f"{LONG}{{{{ {' ~ '.join(['a'] * 500)} }}}}", HELD),
    "texts that are added": (LONG + "{% set b = a * 400 %}{{ b + b }}", HELD),
    "a text that is filled up": ("{{ 'x'|center(9999 * 9999) }}", HELD),
    "a text that fills itself up": ("{{ 'x'.ljust(9999 * 9999) }}", HELD),
    "a text in place of letters": (LONG + "{{ a|replace('x', a) }}", HELD),
    "a text in its own letters' place": (LONG + "{{ a.replace('x', a) }}", HELD),
    "a list of one long text": (LONG + "{{ ([a] * 9999)|join }}", HELD),
    "a long text between": (LONG + "{{ ([0] * 9999)|join(a) }}", HELD),
    "a long text that joins": (LONG + "{{ a.join(['', ''] * 500) }}", HELD),
    "a list that is printed": (LONG + "{{ [a] * 9999 }}", HELD),
    "a list that is made a text": (LONG + "{{ ([a] * 9999)|string|length }}", HELD),
    "a list that is escaped": (LONG + "{{ ([a] * 9999)|e|length }}", HELD),
    "a list in capitals": (LONG + "{{ ([a] * 9999)|upper|length }}", HELD),
    "a list in a format": (LONG + "{{ '{}'.format([a] * 9999) }}", HELD),
    "a text at every mark": (LONG + "{{ ('{0}' * 9999).format(a) }}", HELD),
    "a text at every sign": (LONG + "{{ ('%(a)s' * 9999) % {'a': a} }}", HELD),
    "a list of lists of lists": (
        "{% set n = namespace(t=[0]) %}{% for i in range(99) %}{% set n.t = [n.t, n.t] %}"
        "{% endfor %}{{ n.t }}",
        HELD,
    ),
    "lists that are summed": ("{{ ([[0] * 9999] * 9999)|sum(start=[])|length }}", HELD),
    "a width of a format": ("{{ '%*d' % (9999 * 9999, 1) }}", "wide"),
    "a width of a filter's format": ("{{ '%*d'|format(9999 * 9999, 1) }}", "wide"),
    "a width of a method's format": ("{{ '{:>{}}'.format(1, 9999 * 9999) }}", "wide"),
    "a wide format that is put together": ("{{ ('%9999' ~ '9999d') % 1 }}", "wide"),
    "a wide indent": ("{{ 'x\n'|indent(9999 * 9999) }}", HELD),
    "a wide indent of JSON": ("{{ [1, 2]|tojson(indent=9999 * 9999) }}", HELD),
    "a long text after each letter": (LONG + "{{ a|wordwrap(1, wrapstring=a) }}", HELD),
    "a row of a wide table": ("{{ [1]|batch(9999 * 9999, 0)|list|length }}", HELD),
    "a chat of long pieces": (LONG + "{% for i in range(9999) %}{{ a }}{% endfor %}", MADE),
    "long words of its own": (
        "{% for i in range(9999) %}" + "x" * 99_999 + "{% endfor %}",
        MADE,
    ),
    "a macro of long words": (
        "{% macro m() %}{% for i in range(9999) %}" + "x" * 99_999 + "{% endfor %}{% endmacro %}"
        "{{ m()|length }}",
        HELD,
    ),
    "many long values at once": (
        LONG + "{{ [" + ", ".join(f"a * 99 ~ {n}" for n in range(200)) + "]|length }}",
        MADE,
    ),
    "no template": ("{% for", "TemplateSyntaxError"),
    "a division by zero": ("{{ 1 / 0 }}", "ZeroDivisionError"),
    "a way out of the sandbox": ("{{ ''.__class__.__mro__ }}", "SecurityError"),
    "a template of 2 MB": ("x" * 2_000_000, "2,000,000 characters"),
}


@pytest.mark.parametrize("name", ABSURD)
def test_a_template_that_is_absurd_is_refused_with_a_sentence(name: str) -> None:
    template, said = ABSURD[name]
    made = ChatTemplate(tiny_tokenizer(template), TEMPLATE_DATE)
    with pytest.raises(UsageError, match=r"chat template cannot write this chat .*" + said):
        made.ids(chat("user: 1 + 1"), answer=True)


def test_it_is_refused_when_the_model_is_loaded(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path, template=LOOP + TEMPLATE)
    with pytest.raises(ModelLoadError, match=r"cannot be loaded: The model's chat template"):
        load_solver(folder, device="cpu")


def test_a_long_chat_of_a_long_template_is_no_endless_one() -> None:
    words = "{% set x = 'word' ~ message['role'] %}" * 40
    template = TEMPLATE.replace("{{ message", words + "{{ message")
    turns: Any = [("assistant" if turn % 2 else "user", "words " * 300) for turn in range(40)]
    made = completed(LocalTokenizer(tiny_tokenizer(template)).conversation(turns, answer=True))
    assert len(made) > 40 * 300


def test_templates_by_name_are_all_looked_at() -> None:
    check_template({"default": TEMPLATE, "tools": TEMPLATE})
    with pytest.raises(ValueError, match="power"):
        check_template({"default": TEMPLATE, "tools": "{{ 2 ** 9 }}"})
    with pytest.raises(ValueError, match="is a int; expected text"):
        check_template(7)
