#!/usr/bin/env bash
# Everything that must hold, in the Python environment that is active:
# installs what the app and its tests need, a browser too, then checks style, types and behaviour.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python}

"$python" -m pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt

# A browser: the one that is there, else Debian's, else the one that Playwright brings.
find_browser() {
  local name
  for name in "${ESPALIER_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && return
  done
}
browser=$(find_browser || true)
if [ -z "$browser" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
  browser=$(find_browser || true)
fi
if [ -n "$browser" ]; then
  export ESPALIER_CHROMIUM=$browser
else
  "$python" -m playwright install --with-deps chromium
fi

"$python" -m ruff check .
"$python" -m ruff format --check .
"$python" -m mypy
exec "$python" -m pytest "$@"
