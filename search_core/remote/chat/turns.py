"""The chats that a solver's server reads: a problem, earlier attempts, and the steps so far."""

from __future__ import annotations

from search_core.engine.path_tokens import REVISION_REQUEST
from search_core.engine.running_text import DELIMITER
from search_core.protocols import SampleRequest
from search_core.remote.chat.endpoint import Turn

ASK_FIRST = (
    "Write only the first step of a solution: one short paragraph. Do not go on after it. If this "
    "one step is the whole solution, end it with: The answer is \\boxed{...}."
)
ASK_NEXT = (
    "Write only the next step of this solution: one short paragraph that goes on where the last "
    "step ends. Do not repeat the steps, and do not go on after yours. If the solution is finished "
    "with it, end it with: The answer is \\boxed{...}."
)
ASK_REST = (
    "Write the rest of this solution, from where its last step ends to its answer. Do not repeat "
    "the steps. End with: The answer is \\boxed{...}."
)
_BEGIN = " Begin with exactly these words: {words}"


def whole_solution(system_prompt: str, request: SampleRequest) -> tuple[Turn, ...]:
    """A chat that asks for a solution from its beginning."""
    said: list[Turn] = [("system", system_prompt)] if system_prompt else []
    said.append(("user", request.problem))
    for steps in request.attempts:
        said += [("assistant", DELIMITER.join(steps)), ("user", REVISION_REQUEST)]
    return tuple(said)


def continued(system_prompt: str, request: SampleRequest) -> tuple[Turn, ...]:
    """The same with the steps so far as what the assistant has said of its turn."""
    begun = "".join(step + DELIMITER for step in request.steps) + request.opening
    chat = whole_solution(system_prompt, request)
    return (*chat, ("assistant", begun)) if begun else chat


def asked(system_prompt: str, request: SampleRequest, *, to_end: bool) -> tuple[Turn, ...]:
    """A chat whose last turn shows the steps so far, and asks for the next one, or for the rest."""
    chat = whole_solution(system_prompt, request)
    if to_end and not request.steps and not request.opening:
        return chat
    task = ASK_REST if to_end else ASK_NEXT if request.steps else ASK_FIRST
    so_far = ["The solution so far:", *request.steps] if request.steps else []
    words = _BEGIN.format(words=request.opening) if request.opening else ""
    *before, (role, problem) = chat
    return (*before, (role, DELIMITER.join([problem, *so_far, task + words])))
