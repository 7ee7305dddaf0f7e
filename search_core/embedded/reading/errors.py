"""What is said about problems that the embedded models do not know."""

from __future__ import annotations

from search_core.embedded.families import FAMILIES

BIGGER_MODEL_COMMAND = "python app.py --solver MODEL_FOLDER --verifier MODEL_FOLDER"


class UnknownProblemError(ValueError):
    """The text is no problem of the three families; the message tells what would be."""

    def __init__(self, detail: str = "") -> None:
        families = "\n".join(f"• {f.title}: {f.example}" for f in FAMILIES.values())
        first = detail or "The embedded models do not know this kind of problem."
        super().__init__(
            f"{first} They know three kinds:\n{families}\n"
            f"For other problems start the app with a bigger model:\n{BIGGER_MODEL_COMMAND}"
        )


class ProblemOutOfRangeError(UnknownProblemError):
    """A problem of a known family that is too big, too small, or has no whole answer."""

    def __init__(self, detail: str) -> None:
        ValueError.__init__(
            self,
            f"{detail} For harder problems start the app with a bigger model: "
            f"{BIGGER_MODEL_COMMAND}",
        )
