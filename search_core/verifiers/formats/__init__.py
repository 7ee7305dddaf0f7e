"""The formats of published verifiers: what text each one reads, and where its score stands.

A format turns a problem and its steps into token ids and positions; `engine.reading.readouts` says
how a number is read there. Importing this imports no torch.
"""

from __future__ import annotations

from search_core.verifiers.formats.base import Format
from search_core.verifiers.formats.known import AUTO, FORMATS, KnownFormat, list_of_formats

__all__ = ["AUTO", "FORMATS", "Format", "KnownFormat", "list_of_formats"]
