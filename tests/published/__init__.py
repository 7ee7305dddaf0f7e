"""A published model, run whole: `bash tests/published/run.sh`. Skipped where it is not named."""
