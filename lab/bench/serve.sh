#!/usr/bin/env bash
# serve.sh [ROUNDS] [SECONDS]: how fast a node serves a local program to a teammate (defaults 5 rounds, 6 s each).
#
# Three contenders, each in a namespace of its own beside the same nginx, take turns in one lab on Headscale:
#   weft                    our node (userspace)
#   tailscaled-userspace    the official node with --tun=userspace-networking
#   tailscaled-tun          the official node with a TUN device, as installed by default
# The teammate is an official node with a TUN device, the same for all, on direct paths; wrk and curl run beside it.
# Measured: requests a second, their latency and the serving daemon's CPU time for each, 64 connections and 1 KB; speed
# and CPU time of a body of 1 GiB; the daemon's largest resident size in both.
#
# Each contender first serves WARMUP seconds (default 10) and BODIES bodies (default 1) that are not counted: the JVM
# compiles what runs often. Prints each sample, then median, minimum, maximum and the ratio to tailscaled-userspace.
#
# CONTENDERS="weft …" chooses. Root; needs nginx, wrk, curl.
set -euo pipefail
rounds=${1:-5} seconds=${2:-6} warmup=${WARMUP:-10} bodies=${BODIES:-1}
read -ra contenders <<<"${CONTENDERS:-tailscaled-userspace tailscaled-tun weft}"
me=serve.sh root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/lab/bench/lab.sh"
lab_need nginx wrk curl

lab_serving "${contenders[@]}"

millis() { awk -v p="$1%" '$1 == p { v = $2; u = v; sub(/[0-9.]+/, "", u); sub(/[a-z]+/, "", v)
  printf "%.2f\n", v * (u == "us" ? 0.001 : u == "ms" ? 1 : 1000) }' "$work/wrk"; }

measure_requests() { # CONTENDER
  local site=${1//tailscaled/ts} pid before count
  pid=$(lab_pid "$site")
  reset_peak "$pid"
  before=$(cpu_ticks "$pid")
  lab_requests "$site" 64 "$seconds"
  count=$(awk '/ requests in / { print $1 }' "$work/wrk")
  sample "$1" "requests/s" "$(awk '/Requests\/sec/ { print $2 }' "$work/wrk")"
  sample "$1" "p50-ms" "$(millis 50)"
  sample "$1" "p99-ms" "$(millis 99)"
  sample "$1" "cpu-us/request" "$(awk -v t=$(($(cpu_ticks "$pid") - before)) -v n="$count" 'BEGIN { printf "%.1f\n", t * 10000 / n }')"
  sample "$1" "peak-MB-requests" "$(peak_mb "$pid")"
}
measure_body() { # CONTENDER
  local site=${1//tailscaled/ts} pid before
  pid=$(lab_pid "$site")
  reset_peak "$pid"
  before=$(cpu_ticks "$pid")
  lab_body "$site" >"$work/curl"
  sample "$1" "body-Gbit/s" "$(awk '{ printf "%.3f\n", $1 * 8 / 1e9 }' "$work/curl")"
  sample "$1" "body-cpu-s/GB" "$(awk -v t=$(($(cpu_ticks "$pid") - before)) '{ printf "%.2f\n", t / 100 / ($2 / 1e9) }' "$work/curl")"
  sample "$1" "peak-MB-body" "$(peak_mb "$pid")"
}

for contender in "${contenders[@]}"; do
  lab_requests "${contender//tailscaled/ts}" 64 "$warmup"
  for ((i = 0; i < bodies; i++)); do lab_body "${contender//tailscaled/ts}" >/dev/null; done
done
touch "$work/samples"
for ((round = 1; round <= rounds; round++)); do
  for contender in "${contenders[@]}"; do
    before=$(wc -l <"$work/samples")
    measure_requests "$contender"
    measure_body "$contender"
    tail -n +$((before + 1)) "$work/samples" | awk -v r="$round" '{ c = $1; s = s "  " $2 " " $3 } END { print "round " r "  " c s }'
  done
done
echo
table "${contenders[@]}"
