#!/usr/bin/env bash
# churn.sh [LENGTH [RATE [NODES]]]: what stays behind in a node, a control server and a relay while peers come and go.
#
# For LENGTH (default 1h), RATE times a second (10) a simulated node joins over the real protocol and the oldest of NODES
# (50) logs out: RATE peers added and RATE removed per second for the real node that watches, in the same tailnet. Each
# minute the heap in use after a full collection, descriptors, threads and resident memory of the three processes are
# sampled. They run with Netty's leak detection at its most thorough.
#
# Prints the samples, then the slope of the heap over the time after a warm-up (a sixth of LENGTH), and fails when one is
# above 1 MiB an hour, descriptors or threads grow, a buffer leaked, or the node lost the tailnet. A slope of a run
# much shorter than an hour says little. Everything is on loopback. Needs a built Weft (bin/weft version builds it),
# curl and python3.
set -euo pipefail
length=${1:-1h} rate=${2:-10} nodes=${3:-50}
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/bin/lib/jdk.sh"
weft_find_java jdk
export WEFT_HOME=${WEFT_HOME:-$root/dist/target/weft}
weft=$root/bin/lib/run
. "$root/lab/bench/load.sh"
load_prepare

work=${CHURN_DIR:-$(mktemp -d)}
mkdir -p "$work"
declare -A pids=()
churner=
cleanup() {
  local pid
  for pid in $churner "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in $churner "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ -n "${CHURN_DIR:-}" ] || rm -rf "$work"
}
trap cleanup EXIT
port=$((31000 + $$ % 10000))
url=http://127.0.0.1:$port

await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "churn.sh: not in time: $*" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
    sleep 0.1
  done
}
start() { # NAME COMMAND...
  local name=$1
  shift
  WEFT_JAVA_OPTS=-Dio.netty.leakDetection.level=paranoid "$weft" "$@" >"$work/$name.log" 2>&1 &
  pids[$name]=$!
}

start relay relay --listen=127.0.0.1:$((port + 1)) --stun=127.0.0.1:$((port + 1)) --hostname=127.0.0.1 --statedir="$work/relay"
await 20 grep -q sha256-raw: "$work/relay.log"
python3 - "$work/relay.log" >"$work/map.json" <<'P'
import json, sys
text = open(sys.argv[1]).read()
print(json.dumps(json.JSONDecoder().raw_decode(text[text.index("{"):])[0]))
P
start control control serve --statedir="$work/control" --listen=127.0.0.1:$port --url=$url --domain=lab.net --derp-map="$work/map.json"
await 20 curl -sf $url/health
"$weft" control users create lab --statedir="$work/control" >/dev/null
"$weft" control keys create --user lab --reusable --statedir="$work/control" >"$work/key"
start daemon daemon --statedir="$work/node" --socket="$work/node.sock" --tun=userspace-networking --port=0
await 20 test -S "$work/node.sock"
"$weft" --socket="$work/node.sock" up --login-server=$url --auth-key="$(cat "$work/key")" --hostname=watcher

LOAD_HEAP=256m load_run --load=churn --server=$url --auth-key-file="$work/key" \
  --nodes="$nodes" --rate="$rate" --length="$length" >"$work/churn.log" 2>&1 &
churner=$!

# A full collection leaves everything in the old generation; the young one fills again before it can be read.
sample() { # NAME PID: heap after a collection in KiB, descriptors, threads, resident KiB, CPU in ticks
  local pid=$2 heap
  "$JAVA_HOME/bin/jcmd" "$pid" GC.run >/dev/null
  heap=$("$JAVA_HOME/bin/jcmd" "$pid" GC.heap_info |
    awk 'tolower($0) ~ /tenured/ && match($0, /used [0-9]+K/) { print substr($0, RSTART + 5, RLENGTH - 6); exit }')
  echo "$((SECONDS - began)) $1 ${heap:?no heap size} $(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l) \
$(awk '/^Threads:/ { t = $2 } /^VmRSS:/ { r = $2 } END { print t, r }' "/proc/$pid/status") $(awk '{ print $14 + $15 }' "/proc/$pid/stat")"
}

began=$SECONDS
while kill -0 "$churner" 2>/dev/null; do
  sleep "${CHURN_EVERY:-60}" &
  wait $! || true
  for name in daemon control relay; do
    kill -0 "${pids[$name]}" 2>/dev/null || { echo "churn.sh: $name died" >&2; tail -n 20 "$work/$name.log" >&2; exit 1; }
    line=$(sample "$name" "${pids[$name]}") || { echo "churn.sh: no sample of $name" >&2; continue; }
    echo "$line" | tee -a "$work/samples"
  done
done
status=0
wait "$churner" || status=1
churner=
tail -n 1 "$work/churn.log"
[ $status = 0 ] || echo "churn.sh: some joins or leaves failed"
"$weft" --socket="$work/node.sock" status >"$work/status" || { echo "churn.sh: the node lost the tailnet"; status=1; }
head -n 3 "$work/status"
if grep -l LEAK "$work"/*.log; then echo "churn.sh: a buffer leaked" && status=1; fi
python3 - "$work/samples" <<'P' || status=1
import sys
from collections import defaultdict
rows = defaultdict(list)
for line in open(sys.argv[1]):
    at, name, *values = line.split()
    rows[name].append((int(at), *map(int, values)))
def median(values):
    values = sorted(values)
    return values[len(values) // 2]
bad = False
for name, all_rows in rows.items():
    end = all_rows[-1][0]
    kept = [r for r in all_rows if r[0] >= end / 6]
    xs, ys = [r[0] / 3600 for r in kept], [r[1] / 1024 for r in kept]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mx) ** 2 for x in xs)
    slope = sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / spread if spread else 0.0
    # On a busy machine more joins and leaves are under way at a time: the slope with as many descriptors open.
    ds = [r[2] for r in kept]
    md = sum(ds) / len(ds)
    dd = sum((d - md) ** 2 for d in ds)
    xd = sum((x - mx) * (d - md) for x, d in zip(xs, ds))
    dy = sum((d - md) * (y - my) for d, y in zip(ds, ys))
    xy = sum((x - mx) * (y - my) for x, y in zip(xs, ys))
    equal = (xy * dd - dy * xd) / (spread * dd - xd * xd) if spread * dd - xd * xd > 1e-9 else slope
    third = max(1, len(kept) // 3)
    grown = [median([r[i] for r in kept[-third:]]) - median([r[i] for r in kept[:third]]) for i in (2, 3)]
    cpu = (kept[-1][5] - kept[0][5]) / 100 / max(1, kept[-1][0] - kept[0][0])
    ok = slope <= 1.0 and grown[0] <= 2 and grown[1] <= 2
    bad |= not ok
    print(f"{name:8} {len(kept)} samples  heap {my:.2f} MiB ({min(ys):.2f} to {max(ys):.2f}), slope {slope:+.2f} MiB/h ({equal:+.2f} at equal descriptors);"
          f" descriptors {grown[0]:+d}, threads {grown[1]:+d}; resident {kept[-1][4] / 1024:.0f} MiB; {cpu * 100:.1f} % of a core"
          f"{'' if ok else '  TOO MUCH'}")
sys.exit(bad)
P
exit $status
