#!/usr/bin/env bash
# The contract tests of remote models against a real SGLang: the embedded solver, and the golden
# token-pair verifiers. `SGLANG_PYTHON=FOLDER/bin/python bash tests/sglang/run.sh`, in the Python
# environment of the app.
#
# SGLang is not installed here: its wheels are for GPUs, and several gigabytes. $SGLANG_PYTHON is the
# Python of an environment that has it, $SGLANG_FLAGS what else its server needs on this machine (on a
# CPU: `--device cpu --attention-backend torch_native --sampling-backend pytorch`).
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/live_server.sh
python=${PYTHON:-python}
sglang=${SGLANG_PYTHON:?names no Python that has SGLang}
logs=$(mktemp -d)
port=${SGLANG_PORT:-8900}
flags=(--host 127.0.0.1 --dtype float32 --enable-cache-report --mem-fraction-static 0.15)
flags+=(--max-total-tokens 16384)
read -r -a more <<<"${SGLANG_FLAGS:-}"
flags+=("${more[@]}")
# Log-probabilities before temperature.
export SGLANG_RETURN_ORIGINAL_LOGPROB=1
# With --enable-deterministic-inference it takes seeds, and one for all samples of a request: "n".
export ESPALIER_TEST_WITHOUT=${ESPALIER_TEST_WITHOUT-seed ids}

for which in ${SGLANG_TESTS:-solver rlhflow math_shepherd}; do
  case $which in
    solver)
      folder=assets/models/solver-small
      variable=ESPALIER_TEST_SERVER
      tests=(tests/test_remote_solver.py)
      ;;
    *)
      folder=tests/golden/prm/$which
      variable=ESPALIER_TEST_$(echo "$which" | tr '[:lower:]' '[:upper:]')
      tests=(tests/test_remote_verifiers.py -k "$which]")
      ;;
  esac
  "$sglang" -m sglang.launch_server --model-path "$folder" --served-model-name "$which" \
    --port "$port" "${flags[@]}" >"$logs/$which.log" 2>&1 &
  url="http://127.0.0.1:$port/v1"
  await "$which"
  echo "== $which"
  env "$variable=$url" "$python" -m pytest -q -s -p no:cacheprovider "${tests[@]}"
  stop
  port=$((port + 1))
done
