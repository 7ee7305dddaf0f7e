"""Problems, checker and reader work without torch being imported."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_problems_imports_no_torch() -> None:
    code = (
        "import sys, search_core.embedded as e\n"
        "e.grade(e.read_problem('24 from 3, 7, 8, 25'), [])\n"
        "heavy = {'torch', 'transformers', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
