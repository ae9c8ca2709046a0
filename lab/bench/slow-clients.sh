#!/usr/bin/env bash
# slow-clients.sh [CONNECTIONS] [SECONDS]: what clients that send or take almost nothing can hold (defaults 300, 90 s).
#
# slowhttptest, run beside an official node with a TUN device, attacks what each contender serves from the same nginx:
#   headers   -H: heads that never end           range  -R: a Range of 1000 parts, many times
#   body      -B: bodies that trickle in         read   -X: answers that are taken a few bytes at a time
# Told for each: connections that were open at most and in the last second, the seconds until the attack had none left
# (or - when some were held to the end), the share of seconds in which a probe from the same machine was answered, and the
# serving daemon's largest resident size.
#
# CONTENDERS="weft …" and MODES="headers …" choose. Root; needs nginx and slowhttptest.
set -euo pipefail
connections=${1:-300} seconds=${2:-90}
read -ra contenders <<<"${CONTENDERS:-tailscaled-userspace weft}"
read -ra modes <<<"${MODES:-headers body range read}"
me=slow-clients.sh root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/lab/bench/lab.sh"
lab_need nginx slowhttptest curl

lab_serving "${contenders[@]}"
for contender in "${contenders[@]}"; do
  site=${contender//tailscaled/ts}
  grep -q " $site.lab.net$" "$work/hosts" 2>/dev/null || echo "$(cat "$work/ip-$site") $site.lab.net" >>"$work/hosts"
done

attack() { # SITE MODE
  local how path=1k
  case $2 in
    headers) how=(-H -i 5) ;;
    body) how=(-B -i 5 -s 65536 -x 10) path=upload ;;
    range) how=(-R -a 1 -b 3000) ;;
    read) how=(-X -n 1 -y 2048 -w 512 -z 32 -k 3) path=1m ;;
  esac
  in_ns client unshare -m bash -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$work/hosts" \
    slowhttptest "${how[@]}" -c "$connections" -r 100 -l "$seconds" -p 3 -g -o "$work/slow" -u "http://$1.lab.net/$path" >"$work/slow.log" 2>&1 || true
}

truncate -s 1M "$work/www/1m"
printf '%-22s %-8s %8s %8s %9s %10s %8s\n' contender mode most at-end closed-by answered peak-MB
for mode in "${modes[@]}"; do
  for contender in "${contenders[@]}"; do
    site=${contender//tailscaled/ts}
    pid=$(lab_pid "$site")
    reset_peak "$pid"
    attack "$site" "$mode"
    # Seconds,Closed,Pending,Connected,Service Available
    [ -z "${KEEP:-}" ] || cp "$work/slow.csv" "$KEEP/$contender-$mode.csv"
    awk -F, -v c="$contender" -v m="$mode" -v l="$seconds" -v mb="$(peak_mb "$pid")" '
      NR > 1 { if ($4 > most) most = $4; held = $4; last = $1; n++; if ($5 > 0) up++ }
      END { printf "%-22s %-8s %8d %8d %9s %9d%% %8s\n", c, m, most, held, last + 2 < l ? last : "-", n ? up * 100 / n : 0, mb }' "$work/slow.csv"
  done
done
