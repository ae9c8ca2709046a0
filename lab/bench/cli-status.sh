#!/usr/bin/env bash
# cli-status.sh [ROUNDS]: how long the command `status` takes, and how much memory, for both command line clients.
#
# Two nodes in one tailnet (Headscale and derper, namespaces), one official, one ours, each seeing the other; then, taking
# turns, ROUNDS times each (default 40):
#   tailscale              the official client on the official daemon: what ours is compared with
#   weft                   ours on our daemon, as bin/weft starts it in an installed copy
#   weft-on-tailscaled     ours on the official daemon: the client's own share
# Prints median, minimum and maximum of the wall time in milliseconds and of the peak resident memory in MB.
#
# Root; needs a built Weft with its start-up caches (bin/weft version builds both), python3, and tailscaled, tailscale,
# headscale, derper on PATH.
set -euo pipefail
rounds=${1:-40}
me=cli-status.sh
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/lab/bench/lab.sh"
lab_need python3
[ -f "$WEFT_HOME/cli.aot" ] || { echo "$me: $WEFT_HOME has no start-up cache: run bin/lib/aot" >&2; exit 1; }

lab_up a b
lab_node a tailscaled-userspace
lab_node b weft
await 30 bash -c "ip netns exec $prefix-b '$weft' --socket='$work/node-b/sock' status | grep -q ' a '"

# once SITE COMMAND...: prints milliseconds and peak KB of one run.
cat >"$work/once.py" <<'P'
import os, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
taken = (time.perf_counter() - start) * 1000
if done.returncode: sys.exit(f"{sys.argv[1:]} ended with {done.returncode}")
print(f"{taken:.2f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.1f}")
P
run() { # NAME SITE COMMAND...
  local name=$1 site=$2 taken memory
  shift 2
  read -r taken memory < <(in_ns "$site" python3 "$work/once.py" "$@")
  sample "$name" "status: wall time, ms" "$taken"
  sample "$name" "status: peak memory, MB" "$memory"
}
# Its own function: a measure has spaces here.
sample() { echo "$1 $(tr ' ' _ <<<"$2") $3" >>"$work/samples"; }

for ((round = -2; round < rounds; round++)); do
  run tailscale a tailscale --socket="$work/node-a/sock" status
  run weft b "$weft" --socket="$work/node-b/sock" status
  run weft-on-tailscaled a "$weft" --socket="$work/node-a/sock" status
  [ $round -ge 0 ] || rm "$work/samples" # the first runs fill the page cache
done
table tailscale weft weft-on-tailscaled
