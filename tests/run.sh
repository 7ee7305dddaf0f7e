#!/usr/bin/env bash
# Everything that must hold, in the Python environment that is active:
# installs what the app and its tests need, a browser too, then runs the tests, of which some
# check style and types. Arguments go to pytest. With ESPALIER_THOROUGH=1 properties are tried on
# more examples, and on others each time.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python}

# Compiled modules are kept: where they are not, as images of containers ask for, every process
# compiles anew what it imports, and every worker rewrites anew what the tests assert.
unset PYTHONDONTWRITEBYTECODE

# A browser: the one that is there, else Debian's, else the one that Playwright brings. Chromium's
# headless shell first: the same page, without the windows and menus that nobody sees here.
find_browser() {
  local name
  for name in "${ESPALIER_CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && return
  done
}
# And nginx, for what stands before the app; where there is none, the tests that need it are skipped.
PATH=$PATH:/usr/sbin
install_packages() {
  local missing=()
  find_browser >/dev/null || missing+=(chromium-headless-shell)
  command -v nginx >/dev/null || missing+=(nginx-light)
  if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    # Debian has it since chromium 128, other distributions by another name or not at all.
    apt-cache show chromium-headless-shell >/dev/null 2>&1 || missing=("${missing[@]/chromium-headless-shell/chromium}")
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
  fi
}

# Both wait for what they fetch, and then unpack it: side by side.
install_packages &
packages=$!
"$python" tests/install.py
wait "$packages"

browser=$(find_browser || true)
if [ -n "$browser" ]; then
  export ESPALIER_CHROMIUM=$browser
else
  "$python" -m playwright install --with-deps chromium
fi

# One worker more than there are cores for us, at most four: those with a browser wait much of
# their time. One thread for each: two on one core would only wait for each other.
cores=$(unset OMP_NUM_THREADS && nproc 2>/dev/null || echo 2)
workers=$((cores < 3 ? cores + 1 : 4))
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
# Where ten fail, the rest would mostly wait in vain for what does not come. The slowest are named.
exec "$python" -m pytest --numprocesses "$workers" --no-loadscope-reorder --maxfail 10 \
  --durations 15 "$@"
