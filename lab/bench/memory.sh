#!/usr/bin/env bash
# memory.sh [ROUNDS] [IDLE SECONDS]: the memory of a node that serves a port (defaults 3 rounds, 40 s).
#
# The contenders of serve.sh, each a fresh daemon in each round: idle after it has joined and been reached once; the largest
# resident size while 256 connections ask for 1 KB and while a body of 1 GiB passes; and idle again after both.
# Idle sizes are given as resident (RSS) and proportional (PSS), which counts pages shared with other processes once.
#
# CONTENDERS="weft …" chooses. Root; needs nginx, wrk, curl.
set -euo pipefail
rounds=${1:-3} idle=${2:-40}
read -ra contenders <<<"${CONTENDERS:-tailscaled-userspace tailscaled-tun weft}"
me=memory.sh root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/lab/bench/lab.sh"
lab_need nginx wrk curl

sites=()
for contender in "${contenders[@]}"; do
  for ((round = 1; round <= rounds; round++)); do sites+=("${contender//tailscaled/ts}$round"); done
done
lab_up client "${sites[@]}"
lab_node client tailscaled-tun
touch "$work/samples"

sizes() { # CONTENDER PID NAME
  sample "$1" "$3-rss-MB" "$(rss_mb "$2")"
  sample "$1" "$3-pss-MB" "$(pss_mb "$2")"
}
for ((round = 1; round <= rounds; round++)); do
  # All idle at once: it takes as long as one.
  for contender in "${contenders[@]}"; do
    site=${contender//tailscaled/ts}$round
    lab_node "$site" "$contender"
    lab_web "$site"
    lab_direct client "$site" >"$work/ip-$site"
  done
  sleep "$idle"
  for contender in "${contenders[@]}"; do sizes "$contender" "$(lab_pid "${contender//tailscaled/ts}$round")" idle; done
  for contender in "${contenders[@]}"; do
    site=${contender//tailscaled/ts}$round
    pid=$(lab_pid "$site")
    reset_peak "$pid"
    lab_requests "$site" 256 10
    sample "$contender" peak-256-connections-MB "$(peak_mb "$pid")"
    reset_peak "$pid"
    lab_body "$site" >/dev/null
    lab_body "$site" >/dev/null
    sample "$contender" peak-bodies-MB "$(peak_mb "$pid")"
  done
  sleep "$idle"
  for contender in "${contenders[@]}"; do
    pid=$(lab_pid "${contender//tailscaled/ts}$round")
    sizes "$contender" "$pid" idle-after
    kill "$pid"
  done
done
table "${contenders[@]}"
