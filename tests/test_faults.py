"""The faults that `python -m tests.faults` plants still fit the code."""

from __future__ import annotations

import pytest

from tests.faults.fault import ROOT, Fault, FaultError, read_faults

FAULTS = read_faults()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted(fault: Fault) -> None:
    right = (ROOT / fault.file).read_text(encoding="utf-8")
    assert fault.planted(right) != right
    assert fault.reason.endswith(".")
    assert fault.tests
    assert all((ROOT / test).exists() for test in fault.tests)


def test_a_fault_that_no_longer_fits_is_refused() -> None:
    fault = Fault("gone", "Nothing.", "app.py", "no such line", "", ("tests/test_imports.py",))
    with pytest.raises(FaultError, match="0 times"):
        fault.planted("a line")
    with pytest.raises(FaultError, match="2 times"):
        fault.planted("no such line, no such line")
