"""The rows of a Parquet file, by pyarrow, which is installed only by those who need it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from search_core.problem_files.lines import ProblemFileError
from search_core.problem_files.row import MOST_BYTES, Row

_AT_ONCE = 256


def parquet_rows(file: BinaryIO) -> Iterator[Row]:
    """The rows of a Parquet file, some hundred at a time.

    Raises:
        ProblemFileError: pyarrow is not installed, or the file is damaged, or would take more
            memory unpacked than `MOST_BYTES` for one of its groups of rows.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise ProblemFileError(
            "Parquet is read by pyarrow, which is not installed. Run `pip install pyarrow`, or "
            "save the rows as .jsonl or .csv"
        ) from error
    try:
        table = parquet.ParquetFile(file)
        metadata = table.metadata
        groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
        if any(group.total_byte_size > MOST_BYTES for group in groups):
            raise ProblemFileError("a group of its rows is too large to be unpacked")
        number = 0
        for batch in table.iter_batches(batch_size=_AT_ONCE, use_threads=False):
            for values in batch.to_pylist():
                number += 1
                yield Row(f"row {number}", values)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ProblemFileError(f"it cannot be read as Parquet ({error})") from error
