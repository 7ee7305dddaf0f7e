"""Fetches a model from the Hugging Face Hub; every failure says which command mends it."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from search_core.protocols import PlainError

WANTED_FILES = ["*.safetensors", "*.json", "*.jinja", "tokenizer.model"]
"""No other format of weights, and no code."""
TOKENIZER_FILES = ["*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken"]
"""What a tokenizer alone is made of."""


class ModelLoadError(PlainError):
    """A model cannot be loaded; the message says what was got, expected, and what to do."""


def downloaded(hub_id: str, files: Sequence[str] = WANTED_FILES) -> Path:
    """The folder of a model of the Hub, from its cache where it is there already.

    Args:
        files: What of it is wanted, as patterns.

    Raises:
        ModelLoadError: It is gated, private, missing or switched off, or cannot be reached or
            stored.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(hub_id, allow_patterns=list(files)))
    except HFValidationError as error:
        raise ModelLoadError(
            f"{hub_id!r:.120} is no id of a model on the Hugging Face Hub ({error}). Expected one "
            'like "Qwen/Qwen2.5-1.5B-Instruct", or a folder.'
        ) from error
    except OSError as error:  # all errors of the Hub's are such
        raise ModelLoadError(_explained(hub_id, error)) from error


def _explained(hub_id: str, error: Exception) -> str:
    """What happened and what to do. Gated before missing: the one is a kind of the other."""
    from huggingface_hub import errors

    page = f"https://huggingface.co/{hub_id}"
    if isinstance(error, errors.GatedRepoError):
        return _gated(hub_id, page)
    if isinstance(error, errors.RepositoryNotFoundError):
        return (
            f"There is no folder named {hub_id}, and no model of that name on the Hugging Face Hub "
            f"for you. Check the spelling at {page}. If it is private, run `hf auth login` with an "
            "account that may read it."
        )
    if isinstance(error, errors.DisabledRepoError):
        return f"The Hugging Face Hub has switched {hub_id} off; see {page}. Choose another model."
    if isinstance(error, errors.HfHubHTTPError) and error.response is not None:
        return (
            f"The Hugging Face Hub answered {error.response.status_code} when it was asked for "
            f"{hub_id}. Try again later, or fetch it with {_command(hub_id)}."
        )
    if getattr(error, "errno", None) == errno.ENOSPC:
        return (
            f"The disk is full; {hub_id} does not fit. Make room with `hf cache rm`, or point "
            f"HF_HOME at another disk, and fetch it with {_command(hub_id)}."
        )
    return (
        f"There is no folder named {hub_id}, and it could not be downloaded from the Hugging Face "
        f"Hub ({type(error).__name__}). Check the name and the connection. On a machine that has "
        f"one, fetch it with {_command(hub_id)}."
    )


def _gated(hub_id: str, page: str) -> str:
    from huggingface_hub import get_token

    accept = f"{hub_id} is gated: accept its licence at {page}"
    if get_token():
        return (
            f"{accept} with the account that you are logged in as (`hf auth whoami` says which), "
            f"or log in with another by `hf auth login`. Then fetch it with {_command(hub_id)}."
        )
    return (
        f"{accept}, run `hf auth login` (or set HF_TOKEN, on a Space as a secret), and fetch it "
        f"with `hf download {hub_id}`."
    )


def _command(hub_id: str) -> str:
    return f"`hf download {hub_id}`"
