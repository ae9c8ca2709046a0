#!/usr/bin/env bash
# first-byte.sh [ROUNDS]: how long from `up` on a fresh node, its daemon running, to the first byte from a peer.
#
# Three contenders, taking turns in the same lab (namespaces, no delay), ROUNDS times each (default 7):
#   weft+weft            our node on our control plane and relay
#   weft+headscale       our node on Headscale with derper
#   tailscaled+headscale the official client there: what the others are compared with
# The peer is an official client that serves a small page where Headscale is the control plane, ours where Weft is.
# Prints each sample, then median, minimum and maximum in seconds, and the ratio of medians to tailscaled+headscale.
#
# Root; needs a built Weft (bin/weft version builds it), curl, and tailscaled, tailscale, headscale, derper on PATH.
set -euo pipefail
rounds=${1:-7}
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/bin/lib/jdk.sh"
weft_find_java
export WEFT_HOME=$root/dist/target/weft
weft=$root/bin/lib/run
for program in tailscaled tailscale headscale derper curl; do
  command -v "$program" >/dev/null || { echo "first-byte.sh: $program is not on PATH" >&2; exit 1; }
done

prefix=fb$$
work=$(mktemp -d)
netlab=$root/lab/netlab.sh
pids=()
cleanup() {
  "$netlab" "$prefix" down || true
  rm -rf "$work"
}
trap cleanup EXIT
"$netlab" "$prefix" up a=public b=public
in_ns() { ip netns exec "$prefix-$1" "${@:2}"; }
srv=10.77.0.10

background() { # NAME NS COMMAND...
  local name=$1 ns=$2
  shift 2
  ip netns exec "$prefix-$ns" "$@" >"$work/$name.log" 2>&1 &
  pids+=($!)
}
await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "first-byte.sh: not in time: $*" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
    sleep 0.05
  done
}

mkdir -p "$work/site" "$work/hs" "$work/control" "$work/relay"
echo hello >"$work/site/index.html"

# Headscale and derper.
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
hs_key=$(in_ns srv headscale -c "$work/hs/config.yaml" preauthkeys create --user 1 --reusable --expiration 24h | tail -1)

# Ours.
background relay srv "$weft" relay --listen=$srv:8443 --stun=$srv:3479 --hostname=$srv --statedir="$work/relay"
await 20 grep -q sha256-raw: "$work/relay.log"
python3 - "$work/relay.log" >"$work/map.json" <<'P'
import json, sys
text = open(sys.argv[1]).read()
print(json.dumps(json.JSONDecoder().raw_decode(text[text.index("{"):])[0]))
P
background control srv "$weft" control serve --statedir="$work/control" --listen=$srv:8080 --url=http://$srv:8080 --domain=lab.net --derp-map="$work/map.json"
await 20 in_ns srv curl -sf http://$srv:8080/health
in_ns srv "$weft" control users create lab --statedir="$work/control" >/dev/null
weft_key=$(in_ns srv "$weft" control keys create --user lab --reusable --statedir="$work/control")

# The peers, at site a.
background site a "$JAVA_HOME/bin/java" -m jdk.httpserver -b 127.0.0.1 -p 3000 -d "$work/site"
mkdir -p "$work/peer-ts" "$work/peer-weft"
background peer-ts a env TS_NO_LOGS_NO_SUPPORT=true tailscaled --statedir="$work/peer-ts" --socket="$work/peer-ts/sock" --tun=userspace-networking --port=41641
background peer-weft a "$weft" daemon --statedir="$work/peer-weft" --socket="$work/peer-weft/sock" --tun=userspace-networking --port=41642
await 20 test -S "$work/peer-ts/sock"
await 20 test -S "$work/peer-weft/sock"
in_ns a tailscale --socket="$work/peer-ts/sock" up --login-server=http://$srv:8081 --auth-key="$hs_key" --hostname=peer
in_ns a tailscale --socket="$work/peer-ts/sock" serve --bg --http=80 3000 >/dev/null
in_ns a "$weft" --socket="$work/peer-weft/sock" up --login-server=http://$srv:8080 --auth-key="$weft_key" --hostname=peer
in_ns a "$weft" --socket="$work/peer-weft/sock" serve --bg 3000 >/dev/null

sample() { # NAME: starts a fresh daemon, waits until it answers, then measures; prints seconds
  local name=$1 dir=$work/fresh cli daemon url key pid start
  rm -rf "$dir"
  mkdir -p "$dir"
  case $name in
    weft+*) daemon=("$weft" daemon) cli=("$weft") ;;
    tailscaled+*) daemon=(env TS_NO_LOGS_NO_SUPPORT=true tailscaled) cli=(tailscale) ;;
  esac
  case $name in
    *+weft) url=http://$srv:8080 key=$weft_key ;;
    *+headscale) url=http://$srv:8081 key=$hs_key ;;
  esac
  ip netns exec "$prefix-b" "${daemon[@]}" --statedir="$dir" --socket="$dir/sock" --tun=userspace-networking --port=0 \
    --socks5-server=127.0.0.1:1055 >"$work/fresh.log" 2>&1 &
  pid=$!
  await 20 test -S "$dir/sock"
  await 20 in_ns b "${cli[@]}" --socket="$dir/sock" status --json
  start=${EPOCHREALTIME/./}
  in_ns b "${cli[@]}" --socket="$dir/sock" up --login-server=$url --auth-key="$key" --hostname="fresh-$RANDOM" >/dev/null 2>&1
  until in_ns b curl -sf --max-time 2 -o /dev/null --proxy socks5h://127.0.0.1:1055 http://peer.lab.net/; do
    [ $(((${EPOCHREALTIME/./} - start) / 1000000)) -lt 30 ] || { echo "first-byte.sh: $name never fetched" >&2; exit 1; }
  done
  awk -v us=$((${EPOCHREALTIME/./} - start)) 'BEGIN { printf "%.3f\n", us / 1e6 }'
  in_ns b "${cli[@]}" --socket="$dir/sock" logout >/dev/null 2>&1 || true
  kill "$pid"
  wait "$pid" 2>/dev/null || true
}

contenders=(weft+weft weft+headscale tailscaled+headscale)
for ((round = 1; round <= rounds; round++)); do
  for name in "${contenders[@]}"; do
    seconds=$(sample "$name")
    echo "$seconds" >>"$work/$name.samples"
    echo "round $round  $name  $seconds s"
  done
done
echo
for name in "${contenders[@]}"; do
  sort -n "$work/$name.samples" | awk -v name="$name" '{ v[NR] = $1 } END { printf "%s %s %s %s\n", name, v[int((NR + 1) / 2)], v[1], v[NR] }'
done | awk '{ n[NR] = $1; m[NR] = $2; lo[NR] = $3; hi[NR] = $4 }
  END { for (i = 1; i <= NR; i++) printf "%-22s median %.2f s  (%.2f to %.2f)  %.2f× tailscaled+headscale\n", n[i], m[i], lo[i], hi[i], m[i] / m[NR] }'
