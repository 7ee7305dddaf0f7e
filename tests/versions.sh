#!/usr/bin/env bash
# Whether the app runs on the versions of Python and torch that it is said to run on (README):
# `bash tests/versions.sh [pytest's arguments]`, without them every test that needs no browser.
#
# For each of $PYTHONS found on the PATH and each of $TORCHES that pip has for it: a fresh
# environment, the app started and its page read, one problem solved on the embedded models, the
# tests ($WORKERS at a time). A table at the end, and a log of each pair. Fails where a pair fails,
# or where none could be had.
#
# Where pip's own configuration names no builds for CPUs, a torch for Linux brings up to 6 GB of
# CUDA libraries: each environment is removed after its turn, unless $VERSIONS_ENVS names a folder
# that keeps them for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
read -ra pythons <<<"${PYTHONS:-3.11 3.12 3.13}"
read -ra torches <<<"${TORCHES:-2.8 2.9 2.10 2.11 2.12 2.13}"
[ $# -gt 0 ] || set -- -m "not browser" tests
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} GRADIO_ANALYTICS_ENABLED=False PYTHONUNBUFFERED=1

logs=$(mktemp -d)
server=
tidy() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$logs/environment" "$logs/runs"
}
trap tidy EXIT

# install ENVIRONMENT PYTHON TORCH: nothing to do where it was done before, and kept.
install() {
  [ ! -e "$1/complete" ] || return 0
  rm -rf "$1"
  echo "torch==$3.*" >"$logs/constraint.txt"
  "$2" -m venv "$1" &&
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
      -r requirements.txt -r tests/requirements.txt -c "$logs/constraint.txt" &&
    touch "$1/complete"
}

# starts PYTHON: the app tells its address, and answers there with its page.
starts() {
  local written=$logs/app.log url='' status=1
  "$1" -u app.py --runs "$logs/runs" >"$written" 2>&1 &
  server=$!
  while [ -z "$url" ] && kill -0 "$server" 2>/dev/null; do
    sleep 1
    url=$(grep -oE -m1 'http://[0-9a-z.]+:[0-9]+' "$written" || true)
  done
  if [ -n "$url" ] && curl --silent --show-error --fail --output /dev/null "$url/"; then status=0; fi
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
  cat "$written"
  return "$status"
}

solves() {
  "$1" -m search_core solve "Use 18, 11, 17 and 19 to make 27" --strategy beam_search --n 4
}

passes() {
  local python=$1
  shift
  "$python" -m pytest --quiet --numprocesses "${WORKERS:-auto}" -p no:cacheprovider "$@"
}

row() { printf '%-9s %-14s %-7s %-7s %-7s %s\n' "$@" >>"$logs/table.txt"; }
row Python torch starts solves tests ''

# try COMMAND...: what it says goes to $log; sets $said, and counts a failure.
try() {
  said=yes
  "$@" >>"$log" 2>&1 && return
  said=NO
  failed=$((failed + 1))
}

tried=0
failed=0
for version in "${pythons[@]}"; do
  interpreter=python$version
  # A version manager leaves names on the PATH that lead nowhere.
  if ! "$interpreter" -c '' 2>/dev/null; then
    row "$version" - - - - "no $interpreter on the PATH"
    continue
  fi
  for torch in "${torches[@]}"; do
    log=$logs/python$version-torch$torch.log
    environment=${VERSIONS_ENVS:-$logs/environment}/python$version-torch$torch
    python=$environment/bin/python
    echo "Python $version, torch $torch: $log" >&2
    try install "$environment" "$interpreter" "$torch"
    if [ $said = NO ] && grep -q "No matching distribution found for torch" "$log"; then
      failed=$((failed - 1))
      row "$version" "$torch" - - - "no such torch for it"
      continue
    fi
    tried=$((tried + 1))
    if [ $said = NO ]; then
      row "$version" "$torch" - - - "NOT INSTALLED"
      continue
    fi
    names=$("$python" -c 'import platform, torch; print(platform.python_version(), torch.__version__)')
    try starts "$python"
    started=$said
    try solves "$python"
    solved=$said
    try passes "$python" "$@"
    # shellcheck disable=SC2086
    row $names "$started" "$solved" "$said" "$(grep -E '[0-9]+ (passed|failed).* in ' "$log" | tail -n 1)"
    rm -rf "$logs/environment" "$logs/runs"
  done
done
cat "$logs/table.txt"
[ $tried -gt 0 ] && [ $failed = 0 ]
