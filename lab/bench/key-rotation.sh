#!/usr/bin/env bash
# key-rotation.sh [SECONDS]: how long traffic pauses when keys change (default 260: two rekeys of WireGuard).
#
# A TCP stream of 1 KB each 10 ms and its echo go through three pairs of nodes at once (pairs.sh). Told are the longest time
# without an answer and the longest round trip, in ms:
#   rekey      over SECONDS; WireGuard changes its keys each two minutes
#   node key   over 40 s, after 10 of which the near node gets a new node key (up --force-reauth)
# and each pause above 100 ms, as AT:LENGTH. CONTENDERS="weft ..." chooses.
#
# Root; needs python3, wireguard-go, wg and what lab.sh needs.
set -euo pipefail
seconds=${1:-260}
read -ra contenders <<<"${CONTENDERS:-wireguard-go tailscaled weft}"
me=key-rotation.sh root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/lab/bench/lab.sh"
. "$root/lab/bench/pairs.sh"
lab_need python3 wireguard-go wg
lab_up "${sites[@]}"
pairs_start

pulse() { # CONTENDER SECONDS
  in_ns "${near[$1]}" python3 "$stream" pulse "${target[$1]}" 5201 "$2" ${proxy[$1]} >"$work/pulse-$1" 2>&1 || echo "broke off" >>"$work/pulse-$1"
}
tell() { # WHAT CONTENDER...
  local contender
  for contender in "${@:2}"; do printf '%-9s %-13s %s\n' "$1" "$contender" "$(tr '\n' ' ' <"$work/pulse-$contender")"; done
}
echo "what      contender     longest silence ms, longest round trip ms, pauses"
for contender in "${contenders[@]}"; do pulse "$contender" 5; done # paths, compilers
for contender in "${contenders[@]}"; do pulse "$contender" "$seconds" & done
wait
tell rekey "${contenders[@]}"
nodes=()
for contender in "${contenders[@]}"; do [ "$contender" = wireguard-go ] || nodes+=("$contender"); done
for contender in "${nodes[@]}"; do pulse "$contender" 40 & done
sleep 10
for contender in "${nodes[@]}"; do
  lab_cli "${near[$contender]}" up --force-reauth --login-server=http://$srv:8081 --auth-key="$lab_key" --hostname="${near[$contender]}" >"$work/up-$contender" 2>&1 || cat "$work/up-$contender" >&2
done
wait
tell "node key" "${nodes[@]}"
