#!/usr/bin/env bash
# lossy-tcp.sh [ROUNDS] [SECONDS]: one TCP stream through a tunnel over a line that loses packets (defaults 3, 10 s each).
#
# Three pairs of nodes, each over a line of its own with the same delay and the same dice (impair.c):
#   wireguard-go   TUN devices and the kernel's TCP (KERNEL_TCP=cubic) on both sides
#   tailscaled     official nodes, --tun=userspace-networking
#   weft           our nodes (userspace)
# LOSS="0 1 5 20" gives the loss in percent, in each direction; DELAY_MS=5 the delay in each direction.
# Prints Mbit/s of each round, then median, minimum, maximum and the ratio to wireguard-go.
#
# Root; needs gcc, ethtool, python3, wireguard-go, wg and what lab.sh needs.
set -euo pipefail
rounds=${1:-3} seconds=${2:-10} delay=${DELAY_MS:-5}
read -ra losses <<<"${LOSS:-0 1 5 20}"
read -ra contenders <<<"${CONTENDERS:-wireguard-go tailscaled weft}"
me=lossy-tcp.sh root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/lab/bench/lab.sh"
lab_need gcc ethtool python3 wireguard-go wg

declare -A near=([wireguard-go]=ga [tailscaled]=ta [weft]=wa) far=([wireguard-go]=gb [tailscaled]=tb [weft]=wb) target proxy
proxy=([wireguard-go]= [tailscaled]=1055 [weft]=1055)
sites=()
for contender in "${contenders[@]}"; do sites+=("${near[$contender]}" "${far[$contender]}"); done
lab_up "${sites[@]}"
gcc -O2 -o "$work/impair" "$root/lab/bench/impair.c"
stream=$root/lab/bench/stream.py

plain() { in_ns "$1" ethtool -K "$2" tx off rx off tso off gso off gro off tx-udp-segmentation off >/dev/null 2>&1 || true; }
# The uplink of each near site is taken from the bridge, and the relay stands between.
index=0
for site in "${sites[@]}"; do
  index=$((index + 1))
  plain "$site" wan
  plain net "s$index"
  [[ $site = *a ]] || continue
  in_ns net ip link set "s$index" nomaster promisc on
  in_ns net ip link add "x$index" type veth peer name "y$index"
  in_ns net ip link set "x$index" promisc on up
  in_ns net ip link set "y$index" master br0 up
  plain net "x$index"
  plain net "y$index"
done
declare -A relay
impair() { # LOSS SEED
  local i=0 site
  for site in "${sites[@]}"; do
    i=$((i + 1))
    [[ $site = *a ]] || continue
    [ -z "${relay[$site]:-}" ] || kill "${relay[$site]}"
    background "impair-$site" net "$work/impair" "s$i" "x$i" $((delay * 1000)) "$1" "$2"
    relay[$site]=$(cat "$work/impair-$site.pid")
  done
}
impair 0 1

outer() { in_ns "$1" ip -4 -o addr show wan | awk '{ sub(/\/.*/, "", $4); print $4 }'; }
wireguard() { # SITE ADDRESS
  (umask 077 && wg genkey >"$work/key-$1")
  # Its control socket is named like the device, in a folder that namespaces share.
  background "wg-$1" "$1" env WG_PROCESS_FOREGROUND=1 LOG_LEVEL=error wireguard-go -f "$prefix-$1"
  await 10 in_ns "$1" wg show "$prefix-$1"
  in_ns "$1" ip addr add "$2/24" dev "$prefix-$1"
  in_ns "$1" ip link set "$prefix-$1" mtu 1280 up
}
for contender in "${contenders[@]}"; do
  a=${near[$contender]} b=${far[$contender]}
  case $contender in
    wireguard-go)
      wireguard "$a" 10.8.0.1
      wireguard "$b" 10.8.0.2
      in_ns "$a" wg set "$prefix-$a" listen-port 51820 private-key "$work/key-$a" peer "$(wg pubkey <"$work/key-$b")" endpoint "$(outer "$b"):51820" allowed-ips 10.8.0.2/32
      in_ns "$b" wg set "$prefix-$b" listen-port 51820 private-key "$work/key-$b" peer "$(wg pubkey <"$work/key-$a")" endpoint "$(outer "$a"):51820" allowed-ips 10.8.0.1/32
      target[$contender]=10.8.0.2
      background "serve-$b" "$b" python3 "$stream" serve 0.0.0.0 5201 "${KERNEL_TCP:-cubic}"
      ;;
    *)
      kind=$contender
      [ "$kind" = weft ] || kind=tailscaled-userspace
      background "serve-$b" "$b" python3 "$stream" serve 127.0.0.1 5201
      lab_node "$b" "$kind"
      lab_node "$a" "$kind" --socks5-server=127.0.0.1:1055
      target[$contender]=$(lab_ip "$b")
      await 30 bash -c "$(declare -f in_ns lab_cli); prefix=$prefix work=$work weft=$weft; lab_cli $a ping -c 1 --timeout 3s ${target[$contender]} | grep -q 'via 10\.77'"
      ;;
  esac
done

take() { in_ns "${near[$1]}" timeout $((seconds + 90)) python3 "$stream" take "${target[$1]}" 5201 "$2" ${proxy[$1]}; }
for contender in "${contenders[@]}"; do take "$contender" 5 >/dev/null; done # paths, compilers
touch "$work/samples"
for ((round = 1; round <= rounds; round++)); do
  for loss in "${losses[@]}"; do
    impair "$loss" "$round"
    for contender in "${contenders[@]}"; do
      rate=$(take "$contender" "$seconds" || echo 0)
      sample "$contender" "Mbit/s,$loss%" "$rate"
      echo "round $round  loss $loss%  $contender  $rate Mbit/s"
    done
  done
done
echo
table "${contenders[@]}"
