"""What ZeroGPU says when there is no GPU for a run, in words that say what to do."""

from __future__ import annotations

from search_core.protocols import PlainError

_EMBEDDED = "or choose the embedded models, which run on the CPU, where they are offered"


class GpuError(PlainError, RuntimeError):
    """A run got no GPU, or lost it; the message is for the person who waits for it."""


def explained(error: Exception, seconds: int) -> GpuError:
    """The error in plain words.

    Args:
        error: As `spaces` raised it: a gradio.Error, known here by its title and message alone.
        seconds: How long the GPU was asked for.
    """
    title = str(getattr(error, "title", ""))
    message = str(getattr(error, "message", "") or error).strip()
    known = f"{title} {message}".lower()
    if "illegal duration" in known:
        return GpuError(
            f"This search asks for the GPU for {seconds} s, which is longer than you may have it. "
            f"Choose a smaller N or fewer steps, {_EMBEDDED}."
        )
    if "quota" in known or "credits" in known or "gpu limit" in known:
        return GpuError(
            f"There is no GPU time left for this search ({_ended(message)}). Nothing is wrong with "
            "it: try again later, sign in to Hugging Face to have more of your own, "
            f"{_EMBEDDED}."
        )
    if "no gpu was available" in known or "queue timeout" in known:
        return GpuError(f"All GPUs are busy just now. Try again in a moment, {_EMBEDDED}.")
    if "aborted" in known:
        return GpuError(
            f"The GPU was taken away in the middle of the run. It had asked for {seconds} s, or it "
            "ran out of memory. What was found is kept. Choose a smaller N or fewer steps."
        )
    if "connection closed by visitor" in known:
        return GpuError("The page was closed while the run waited for a GPU. Press Run again.")
    if title.startswith("ZeroGPU"):  # written for the visitor
        return GpuError(f"The GPU call failed ({title}): {message or 'no reason was given'}")
    # Nobody wrote the rest for people; the log has it, as the cause of this one.
    return GpuError(
        f"The GPU call failed ({type(error).__name__}). The program's log has the details. "
        f"Try again in a moment, {_EMBEDDED}."
    )


def _ended(message: str) -> str:
    return " ".join(message.split()).rstrip(". ")[:300] or "ZeroGPU gave no reason"
