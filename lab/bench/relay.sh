#!/usr/bin/env bash
# relay.sh [ROUNDS] [MEGABYTES]: what a relayed byte costs the relay, ours and derper, in one lab and run.
#
# Two sites whose UDP is blocked. For each relay a tailnet of its own (our control plane, DERP map with that relay alone) and
# in it a pair of nodes, one at each site; official clients first, then ours. A transfer is one TCP stream of MEGABYTES
# (default 150) from site a to site b. The relays take turns, ROUNDS times each (default 5), after WARM transfers (default 4)
# that do not count: a relay runs for months, and ours has been compiled by then.
# Prints each sample, then for each pair of nodes and relay: Mbit/s and CPU seconds of the relay per GB (10^9 bytes), as
# median and range; whose the machine's time was meanwhile, as medians in percent of all processors: the relay, the sending
# and the receiving daemon, nobody (the rest is curl, the web server and whatever else ran); the relay's peak resident
# memory; and the ratios ours to derper's.
#
# PAIRS="official weft" names the pairs of nodes to measure; RELAY_OPTS are more flags for our relay.
# Root; needs a built Weft (bin/weft version builds it), curl, python3, and tailscaled, tailscale, derper on PATH.
set -euo pipefail
rounds=${1:-5} megabytes=${2:-150} pairs=${PAIRS:-official weft} warm=${WARM:-4}
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/bin/lib/jdk.sh"
weft_find_java
export WEFT_HOME=$root/dist/target/weft
weft=$root/bin/lib/run
for program in tailscaled tailscale derper curl python3; do
  command -v "$program" >/dev/null || { echo "relay.sh: $program is not on PATH" >&2; exit 1; }
done

prefix=rb$$
work=$(mktemp -d)
netlab=$root/lab/netlab.sh
cleanup() {
  "$netlab" "$prefix" down || true
  rm -rf "$work"
}
trap cleanup EXIT
"$netlab" "$prefix" up a=udpblocked b=udpblocked
in_ns() { ip netns exec "$prefix-$1" "${@:2}"; }
srv=10.77.0.10

background() { # NAME NS COMMAND...: the process id is in $work/NAME.pid
  local name=$1 ns=$2
  shift 2
  ip netns exec "$prefix-$ns" "$@" >"$work/$name.log" 2>&1 &
  echo $! >"$work/$name.pid"
}
await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "relay.sh: not in time: $*" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
    sleep 0.1
  done
}

# The relays.
echo "{\"PrivateKey\":\"privkey:$(openssl rand -hex 31)48\"}" >"$work/derper.conf"
background derper srv derper -c "$work/derper.conf" -a $srv:8444 -http-port -1 -hostname $srv -certmode manual -certdir "$work/certs" -stun -stun-port 3478
# shellcheck disable=SC2086 # several flags
background ours srv "$weft" relay --listen=$srv:8443 --stun=$srv:3479 --hostname=$srv --statedir="$work/relay" ${RELAY_OPTS:-}
await 90 grep -q sha256-raw: "$work/ours.log"
map() { # PORT STUN-PORT
  cat <<J
{"OmitDefaultRegions":true,"Regions":{"900":{"RegionID":900,"RegionCode":"lab","RegionName":"Lab","Nodes":[
 {"Name":"900a","RegionID":900,"HostName":"$srv","IPv4":"$srv","IPv6":"none","STUNPort":$2,"DERPPort":$1,"InsecureForTests":true}]}}}
J
}
map 8444 3478 >"$work/derper.map"
map 8443 3479 >"$work/ours.map"

# A tailnet for each relay.
port=8080
declare -A url key
for relay in derper ours; do
  url[$relay]=http://$srv:$port
  background control-$relay srv "$weft" control serve --statedir="$work/control-$relay" --listen=$srv:$port --url=http://$srv:$port \
    --domain=lab.net --derp-map="$work/$relay.map"
  await 90 in_ns srv curl -sf http://$srv:$port/health
  in_ns srv "$weft" control users create lab --statedir="$work/control-$relay" >/dev/null
  key[$relay]=$(in_ns srv "$weft" control keys create --user lab --reusable --statedir="$work/control-$relay")
  port=$((port + 1))
done

# What is fetched, at site a.
cat >"$work/site.py" <<'P'
import http.server, sys
size = int(sys.argv[1]) * 1_000_000
block = bytes(1 << 18)
class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        left = size if self.path == "/bulk" else 6
        self.send_response(200)
        self.send_header("Content-Length", str(left))
        self.end_headers()
        while left:
            n = min(left, len(block))
            self.wfile.write(memoryview(block)[:n])
            left -= n
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("127.0.0.1", 3000), Site).serve_forever()
P
background site a python3 "$work/site.py" "$megabytes"

socks=1080
node() { # PAIR RELAY SITE SOCKS-PORT
  local name=$1-$2-$3 cli=tailscale
  local daemon=(env TS_NO_LOGS_NO_SUPPORT=true tailscaled)
  [ "$1" = official ] || { daemon=("$weft" daemon) cli=$weft; }
  mkdir -p "$work/$name"
  background "$name" "$3" "${daemon[@]}" --statedir="$work/$name" --socket="$work/$name/sock" --tun=userspace-networking --port=0 \
    --socks5-server=127.0.0.1:"$4"
  await 90 test -S "$work/$name/sock"
  await 90 in_ns "$3" "$cli" --socket="$work/$name/sock" status --json
  in_ns "$3" "$cli" --socket="$work/$name/sock" up --login-server="${url[$2]}" --auth-key="${key[$2]}" --hostname="$1-$3" >/dev/null 2>&1
  if [ "$3" = a ]; then
    if [ "$1" = official ]; then
      in_ns a "$cli" --socket="$work/$name/sock" serve --bg --http=80 3000 >/dev/null
    else
      in_ns a "$cli" --socket="$work/$name/sock" serve --bg 3000 >/dev/null
    fi
  fi
}

# The relay's process: what ip netns exec has become.
cpu() { awk '{ sub(/.*\) /, ""); print ($12 + $13) }' "/proc/$(cat "$work/$1.pid")/stat"; }
idle() { awk '/^cpu / { print $5 + $6; exit }' /proc/stat; }
hz=$(getconf CLK_TCK) processors=$(nproc)
sample() { # PAIR RELAY SOCKS-PORT: prints Mbit/s, CPU seconds per GB, and the shares of relay, sender, receiver and nobody
  local before after bytes seconds
  before="$(cpu "$2") $(cpu "$1-$2-a") $(cpu "$1-$2-b") $(idle)"
  read -r bytes seconds < <(in_ns b curl -s --max-time 120 -o /dev/null -w '%{size_download} %{time_total}\n' \
    --proxy socks5h://127.0.0.1:"$3" "http://$1-a.lab.net/bulk")
  after="$(cpu "$2") $(cpu "$1-$2-a") $(cpu "$1-$2-b") $(idle)"
  [ "$bytes" = $((megabytes * 1000000)) ] || { echo "relay.sh: got $bytes bytes" >&2; exit 1; }
  awk -v b="$bytes" -v s="$seconds" -v before="$before" -v after="$after" -v hz="$hz" -v n="$processors" \
    'BEGIN { split(before, x, " "); split(after, y, " ")
       printf "%.1f %.2f", b * 8 / s / 1e6, (y[1] - x[1]) / hz / (b / 1e9)
       for (i = 1; i <= 4; i++) printf " %.0f", 100 * (y[i] - x[i]) / hz / s / n
       print "" }'
}

for pair in $pairs; do
  declare -A port_of=()
  for relay in derper ours; do
    for site in a b; do
      node "$pair" $relay $site $socks
      [ $site = a ] || port_of[$relay]=$socks
      socks=$((socks + 1))
    done
    await 90 in_ns b curl -sf --max-time 5 -o /dev/null --proxy socks5h://127.0.0.1:"${port_of[$relay]}" "http://$pair-a.lab.net/"
  done
  for ((round = 1 - warm; round <= rounds; round++)); do
    for relay in derper ours; do
      line=$(sample "$pair" $relay "${port_of[$relay]}")
      echo "$pair round $round $relay: $line"
      [ $round -lt 1 ] || echo "$line" >>"$work/$pair-$relay.samples"
    done
  done
  for relay in derper ours; do
    for site in a b; do kill "$(cat "$work/$pair-$relay-$site.pid")"; done
  done
done

echo
printf 'nodes     relay   Mbit/s (range)           relay CPU-s/GB (range)   %% of all processors: relay, sender, receiver, idle\n'
declare -A median
for pair in $pairs; do
  for relay in derper ours; do
    for column in 1 2 3 4 5 6; do
      read -r mid low high < <(sort -n -k$column "$work/$pair-$relay.samples" | awk -v c=$column '{ v[NR] = $c } END { print v[int((NR + 1) / 2)], v[1], v[NR] }')
      median[$relay$column]=$mid
      text[column]="$mid ($low to $high)"
    done
    printf '%-9s %-7s %-24s %-24s %s, %s, %s, %s\n' "$pair" $relay "${text[1]}" "${text[2]}" \
      "${median[${relay}3]}" "${median[${relay}4]}" "${median[${relay}5]}" "${median[${relay}6]}"
  done
  awk -v pair="$pair" -v d1="${median[derper1]}" -v d2="${median[derper2]}" -v o1="${median[ours1]}" -v o2="${median[ours2]}" \
    'BEGIN { printf "%-9s ours to derper: throughput %.2f×, CPU %.2f×\n", pair, o1 / d1, o2 / d2 }'
done
for relay in derper ours; do
  awk -v r=$relay '/VmHWM/ { printf "%s: peak resident %.0f MB\n", r, $2 / 1024 }' "/proc/$(cat "$work/$relay.pid")/status"
done
