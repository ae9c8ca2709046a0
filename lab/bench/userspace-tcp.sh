#!/usr/bin/env bash
# userspace-tcp.sh [--rounds N] [--seconds S] [--only weft|beside|tailscaled] [--beside] [--keep CMD]: one TCP stream
# through userspace nodes.
#
# Two namespaces joined by a bridge, direct UDP path, both contenders on one Headscale with derper, taking turns:
#   weft        our node and our node
#   beside      with --beside: the same with the cipher of large batches beside the loop, and `weft` with all of it on the
#               loop, whatever the number of cores says
#   tailscaled  the official client and the official client, --tun=userspace-networking
# The driver (bulk.py, the same for both) connects through the SOCKS5 proxy of the node at site a to a port that the node
# at site b hands to 127.0.0.1. `up` is a to b, `down` is b to a. CPU is that of the two daemons; the driver is not in it.
# Peak memory is each daemon's largest resident size since it started; `idle` is its memory before the first round,
# where the proportional size counts pages that both daemons map (the start-up cache, libraries) half for each.
# Prints each sample, then median, minimum and maximum and the ratio of the medians.
# --keep CMD runs CMD in a shell after the rounds while all of it still stands, with PID_A, PID_B, the contender's daemons.
#
# Root; needs a built Weft (bin/weft version builds it), python3, and tailscaled, tailscale, headscale, derper on PATH.
set -euo pipefail
rounds=5 seconds=5 only= keep= beside=
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --only) only=$2 ;;
    --beside) beside=1 && shift && continue ;;
    --keep) keep=$2 ;;
    *) sed -n '2,18s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/bin/lib/jdk.sh"
weft_find_java
export WEFT_HOME=${WEFT_HOME:-$root/dist/target/weft}
weft=$root/bin/lib/run
bulk=$root/lab/bench/bulk.py
for program in tailscaled tailscale headscale derper python3; do
  command -v "$program" >/dev/null || { echo "userspace-tcp.sh: $program is not on PATH" >&2; exit 1; }
done
contenders=(weft ${beside:+beside} tailscaled)
[ -z "$only" ] || contenders=("$only")

prefix=ut$$
work=$(mktemp -d)
netlab=$root/lab/netlab.sh
cleanup() {
  "$netlab" "$prefix" down || true
  rm -rf "$work"
}
trap cleanup EXIT
"$netlab" "$prefix" up a=public b=public
in_ns() { ip netns exec "$prefix-$1" "${@:2}"; }
srv=10.77.0.10
declare -A pid address

background() { # NAME NS COMMAND...
  local name=$1 ns=$2
  shift 2
  ip netns exec "$prefix-$ns" "$@" >"$work/$name.log" 2>&1 &
  pid[$name]=$!
}
await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "userspace-tcp.sh: not in time: $*" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
    sleep 0.05
  done
}

mkdir -p "$work/hs"
echo "{\"PrivateKey\":\"privkey:$(openssl rand -hex 31)48\"}" >"$work/derper.conf"
background derper srv derper -c "$work/derper.conf" -a :8444 -http-port -1 -hostname $srv -certmode manual -certdir "$work/certs" -stun
cat >"$work/hs/derp.yaml" <<Y
regions:
  900: { regionid: 900, regioncode: lab, regionname: Lab, nodes: [ { name: lab, regionid: 900, hostname: "$srv", ipv4: "$srv", stunport: 3478, derpport: 8444, insecurefortests: true } ] }
Y
cat >"$work/hs/config.yaml" <<Y
server_url: http://$srv:8081
listen_addr: 0.0.0.0:8081
metrics_listen_addr: 127.0.0.1:9090
grpc_listen_addr: 127.0.0.1:50443
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
background headscale srv headscale -c "$work/hs/config.yaml" serve
await 20 in_ns srv headscale -c "$work/hs/config.yaml" users create lab
key=$(in_ns srv headscale -c "$work/hs/config.yaml" preauthkeys create --user 1 --reusable --expiration 24h | tail -1)

port=41700
declare -A proxies=([weft]=1055 [tailscaled]=1056 [beside]=1057)
for site in b a; do
  background "sink-$site" "$site" python3 "$bulk" sink 5201
  for name in "${contenders[@]}"; do
    dir=$work/$name-$site
    mkdir -p "$dir"
    case $name in
      weft) daemon=("$weft" daemon) cli=("$weft") ;;
      beside) daemon=(env WEFT_JAVA_OPTS="${WEFT_JAVA_OPTS:-} -Dweft.cipher.beside=true" "$weft" daemon) cli=("$weft") ;;
      tailscaled) daemon=(env TS_NO_LOGS_NO_SUPPORT=true tailscaled) cli=(tailscale) ;;
    esac
    proxy=${proxies[$name]}
    port=$((port + 1))
    background "$name-$site" "$site" "${daemon[@]}" --statedir="$dir" --socket="$dir/sock" --tun=userspace-networking \
      --port=$port --socks5-server=127.0.0.1:$proxy
    await 20 test -S "$dir/sock"
    await 20 in_ns $site "${cli[@]}" --socket="$dir/sock" status --json
    in_ns $site "${cli[@]}" --socket="$dir/sock" up --login-server=http://$srv:8081 --auth-key="$key" --hostname="$name-$site" >/dev/null
    address[$name-$site]=$(in_ns $site "${cli[@]}" --socket="$dir/sock" ip -4)
  done
done

memory() { # PID: resident and proportional, in MB
  awk '/^Rss/ { rss = $2 } /^Pss:/ { pss = $2 } END { printf "%d resident, %d proportional", rss / 1024, pss / 1024 }' "/proc/$1/smaps_rollup"
}
run() { # NAME DIRECTION SECONDS
  in_ns a python3 "$bulk" run "${address[$1-b]}" 5201 "$2" "$3" "${proxies[$1]}" --pids "${pid[$1-a]},${pid[$1-b]}"
}

sleep 3
for name in "${contenders[@]}"; do
  for site in a b; do echo "idle  $name  $site  $(memory "${pid[$name-$site]}") MB"; done
done
for name in "${contenders[@]}"; do # the path becomes direct, the JIT compiles
  run $name up 3 >/dev/null
  run $name down 3 >/dev/null
done
for ((round = 1; round <= rounds; round++)); do
  for name in "${contenders[@]}"; do
    for direction in up down; do
      sample=$(run $name $direction "$seconds")
      echo "$name $direction $sample" >>"$work/samples"
      echo "round $round  $name  $direction  $sample"
    done
  done
done
[ -z "$keep" ] || PID_A=${pid[${contenders[0]}-a]} PID_B=${pid[${contenders[0]}-b]} WORK=$work PREFIX=$prefix \
  ADDRESS=${address[${contenders[0]}-b]} BULK=$bulk bash -c "$keep"
python3 - "$work/samples" <<'P'
import json, statistics, sys
rows = {}
for line in open(sys.argv[1]):
    name, direction, sample = line.split(" ", 2)
    rows.setdefault(direction, {}).setdefault(name, []).append(json.loads(sample))
print()
for direction, names in rows.items():
    base = names.get("tailscaled")
    for name, samples in names.items():
        out = f"{direction:5} {name:11}"
        for field, unit in (("gbit", "Gbit/s"), ("cpu_per_gb", "CPU-s/GB")):
            v = [s[field] for s in samples]
            m = statistics.median(v)
            out += f" {m:6.2f} ({min(v):.2f} to {max(v):.2f}) {unit}"
            if base and name != "tailscaled":
                out += f" = {m / statistics.median([s[field] for s in base]):.2f}×"
        print(out, " idle", round(statistics.median([s["idle_pct"] for s in samples])), "%  peak", max(max(s["peak_mb"]) for s in samples), "MB")
P
