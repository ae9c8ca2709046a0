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

. "$root/lab/bench/pairs.sh"
lab_up "${sites[@]}"
gcc -O2 -o "$work/impair" "$root/lab/bench/impair.c"

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

pairs_start

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
