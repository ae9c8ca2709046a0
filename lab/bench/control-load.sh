#!/usr/bin/env bash
# control-load.sh [NODES [CHANGES [RATE [ROUNDS]]]]: what a control server spends on an endpoint change, and how soon the others know.
#
# NODES simulated nodes (default 300) join over the real protocol and hold their map streams; then, after 100 changes to
# warm up, CHANGES endpoint changes (150) follow at RATE a second (5). Two contenders take turns, ROUNDS times each (1),
# each a fresh server on loopback with an empty SQLite database:
#   weft        our control plane, as `weft control` starts it
#   headscale   the official alternative; its defaults, SQLite with a write-ahead log
# Prints what the load generator measures (lab/load; CPU of the server's process, its idle share subtracted), then
# medians and the ratio of weft to headscale.
#
# CONTENDERS="weft" runs one of them only. Needs a built Weft (bin/weft version builds it), curl, headscale on PATH.
set -euo pipefail
nodes=${1:-300} changes=${2:-150} rate=${3:-5} rounds=${4:-1}
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/bin/lib/jdk.sh"
weft_find_java
export WEFT_HOME=$root/dist/target/weft
weft=$root/bin/lib/run
. "$root/lab/bench/load.sh"
contenders=${CONTENDERS:-weft headscale}
for program in curl $(grep -o headscale <<<"$contenders" || true); do
  command -v "$program" >/dev/null || { echo "control-load.sh: $program is not on PATH" >&2; exit 1; }
done
load_prepare

work=$(mktemp -d)
pid=
cleanup() {
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; } || true
  rm -rf "$work"
}
trap cleanup EXIT
port=$((21000 + $$ % 10000))
url=http://127.0.0.1:$port

await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "control-load.sh: not in time: $*" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
    sleep 0.1
  done
}

start_weft() {
  cat >"$work/map.json" <<Y
{"Regions":{"900":{"RegionID":900,"RegionCode":"lab","RegionName":"Lab","Nodes":[{"Name":"lab","RegionID":900,"HostName":"127.0.0.1","IPv4":"127.0.0.1"}]}}}
Y
  "$weft" control serve --statedir="$work/control" --listen=127.0.0.1:$port --url=$url --domain=lab.net --derp-map="$work/map.json" >"$work/weft.log" 2>&1 &
  pid=$!
  await 20 curl -sf $url/health
  "$weft" control users create lab --statedir="$work/control" >/dev/null
  "$weft" control keys create --user lab --reusable --statedir="$work/control" >"$work/key"
}

start_headscale() {
  mkdir "$work/hs"
  cat >"$work/hs/derp.yaml" <<Y
regions:
  900: { regionid: 900, regioncode: lab, regionname: Lab, nodes: [ { name: lab, regionid: 900, hostname: 127.0.0.1, ipv4: 127.0.0.1 } ] }
Y
  cat >"$work/hs/config.yaml" <<Y
server_url: $url
listen_addr: 127.0.0.1:$port
metrics_listen_addr: 127.0.0.1:$((port + 1))
grpc_listen_addr: 127.0.0.1:$((port + 2))
noise: { private_key_path: $work/hs/noise.key }
prefixes: { v4: 100.64.0.0/10, v6: "fd7a:115c:a1e0::/48", allocation: sequential }
derp: { server: { enabled: false }, urls: [], paths: ["$work/hs/derp.yaml"], auto_update_enabled: false }
database: { type: sqlite, sqlite: { path: $work/hs/db.sqlite, write_ahead_log: true } }
dns: { magic_dns: true, base_domain: lab.net, override_local_dns: false, nameservers: { global: [] } }
policy: { mode: file, path: "" }
unix_socket: $work/hs/hs.sock
log: { level: warn, format: text }
logtail: { enabled: false }
disable_check_updates: true
Y
  headscale -c "$work/hs/config.yaml" serve >"$work/headscale.log" 2>&1 &
  pid=$!
  await 20 headscale -c "$work/hs/config.yaml" users create lab
  headscale -c "$work/hs/config.yaml" preauthkeys create --user 1 --reusable --expiration 24h 2>/dev/null | tail -1 >"$work/key"
}

for ((round = 1; round <= rounds; round++)); do
  for name in $contenders; do
    "start_$name"
    echo "== round $round: $name"
    load_run --server=$url --auth-key-file="$work/key" --nodes="$nodes" --changes="$changes" --rate="$rate" \
      --server-pid="$pid" | tee "$work/out" || echo "# $name: not all of it went well"
    awk -v c="$name" '$1 != "#" { print c, $1, $2 }' "$work/out" >>"$work/figures"
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    pid=
    rm -rf "$work/control" "$work/hs"
  done
done

echo
sort -k1,2 -k3,3n "$work/figures" | awk -v rounds="$rounds" '
  { n[$1 " " $2]++; v[$1 " " $2, n[$1 " " $2]] = $3 }
  function median(key) { return v[key, int((n[key] + 1) / 2)] }
  function spread(key) { return sprintf("%.2f (%.2f to %.2f)", median(key), v[key, 1], v[key, n[key]]) }
  END {
    split("join_rate join_cpu_per_node rss_joined cpu_per_change told_p50 told_p99 rss_end", names, " ")
    for (i = 1; i in names; i++) {
      ours = "weft " names[i]; theirs = "headscale " names[i]
      line = sprintf("%-20s", names[i])
      if (ours in n) line = line "  weft " spread(ours)
      if (theirs in n) line = line "  headscale " spread(theirs)
      if (ours in n && theirs in n && median(theirs) > 0) line = line sprintf("  %.2f×", median(ours) / median(theirs))
      print line
    }
  }'
