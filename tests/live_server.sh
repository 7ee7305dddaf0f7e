# For scripts that start real servers one after the other, each logging to $logs/NAME.log; sourced.

running=

# await NAME: until $url's server, the process just started, answers; its log where it does not.
await() {
  running=$!
  until curl --silent --fail --output /dev/null "${url%/v1}/health"; do
    if ! kill -0 "$running" 2>/dev/null; then
      tail -n 40 "$logs/$1.log" >&2
      exit 1
    fi
    sleep 1
  done
}

stop() {
  if [ -n "$running" ]; then kill "$running" 2>/dev/null || true; fi
  wait || true
  running=
}
trap stop EXIT
