# Sourced by the benchmarks: official nodes and ours in one tailnet of Headscale and derper, each in a namespace of its own.
#
# The caller sets `root` and `me`, calls lab_up SITE…, and finds its files under $work. Root; needs a built Weft
# (bin/weft version builds it) and tailscaled, tailscale, headscale, derper on PATH.

. "$root/bin/lib/jdk.sh"
weft_find_java
export WEFT_HOME=${WEFT_HOME:-$root/dist/target/weft}
weft=$root/bin/lib/run
srv=10.77.0.10
prefix=wb$$
work=$(mktemp -d)

lab_need() { # PROGRAM...
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "$me: $program is not on PATH" >&2; exit 1; }
  done
}

lab_down() {
  "$root/lab/netlab.sh" "$prefix" down || true
  rm -rf "$work"
}

in_ns() { ip netns exec "$prefix-$1" "${@:2}"; }

background() { # NAME NS COMMAND...: its pid is in $work/NAME.pid
  local name=$1 ns=$2
  shift 2
  ip netns exec "$prefix-$ns" "$@" >"$work/$name.log" 2>&1 &
  echo $! >"$work/$name.pid"
  disown # so that the shell does not report its end
}
await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "$me: not in time: $*" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
    sleep 0.05
  done
}

lab_up() { # SITE...
  local site
  lab_need tailscaled tailscale headscale derper openssl
  trap lab_down EXIT
  "$root/lab/netlab.sh" "$prefix" up "${@/%/=public}"
  for site in "$@"; do
    # A daemon with a TUN device rewrites resolv.conf.
    cp -a /etc "$work/etc-$site"
  done
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
  lab_key=$(in_ns srv headscale -c "$work/hs/config.yaml" preauthkeys create --user 1 --reusable --expiration 24h | tail -1)
}

# lab_node SITE KIND [DAEMON ARGUMENTS]: starts a node at the site, named like it, and waits until it is up.
# KIND: tailscaled-tun and tailscaled-userspace, the official node; weft, ours.
lab_node() {
  local site=$1 kind=$2 tun=userspace-networking daemon
  shift 2
  mkdir -p "$work/node-$site"
  echo "$kind" >"$work/node-$site/kind"
  case $kind in
    tailscaled-tun) tun=tailscale0 ;;& # and what follows
    tailscaled-*) daemon=(env TS_NO_LOGS_NO_SUPPORT=true TS_DEBUG_FIREWALL_MODE=nftables tailscaled) ;;
    weft) daemon=("$weft" daemon) ;;
  esac
  background "node-$site" "$site" unshare -m bash -c 'mount --bind "$0" /etc && exec "$@"' "$work/etc-$site" \
    "${daemon[@]}" --statedir="$work/node-$site" --socket="$work/node-$site/sock" --tun=$tun --port=41641 "$@"
  await 20 test -S "$work/node-$site/sock"
  lab_cli "$site" up --login-server=http://$srv:8081 --auth-key="$lab_key" --hostname="$site" >/dev/null
}

lab_cli() { # SITE ARGUMENTS...
  local site=$1 cli=tailscale
  shift
  [ "$(cat "$work/node-$site/kind")" = weft ] && cli=$weft
  in_ns "$site" "$cli" --socket="$work/node-$site/sock" "$@"
}

lab_pid() { cat "$work/node-$1.pid"; }
lab_ip() { lab_cli "$1" ip -4 | head -1; }

# Prints the address to reach the node `to` from `from` by, once a direct path between them carries packets.
lab_direct() { # FROM TO
  local ip
  ip=$(lab_ip "$2")
  await 30 bash -c "ip netns exec $prefix-$1 tailscale --socket=$work/node-$1/sock ping -c 1 --timeout 3s $ip | grep -q 'via 10\.77'"
  echo "$ip"
}

# lab_web SITE: a fast web server on port 3000 of the site, with /1k and /1g, served by its node to the others as http://SITE/.
lab_web() {
  local site=$1
  lab_need nginx
  if [ ! -d "$work/www" ]; then
    mkdir -p "$work/www" "$work/tmp"
    chmod 755 "$work" "$work/www"
    head -c 1024 /dev/zero | tr '\0' x >"$work/www/1k"
    truncate -s 1G "$work/www/1g"
  fi
  cat >"$work/nginx-$site.conf" <<N
user root; worker_processes 1; pid $work/nginx-$site.pid; error_log $work/nginx-$site.err; daemon off;
events { worker_connections 4096; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=16;
 client_body_temp_path $work/tmp; proxy_temp_path $work/tmp; fastcgi_temp_path $work/tmp; uwsgi_temp_path $work/tmp; scgi_temp_path $work/tmp;
 server { listen 127.0.0.1:3000 backlog=1024; root $work/www;
  # Reads a whole body before it answers.
  location /upload { client_max_body_size 0; proxy_pass http://127.0.0.1:3000/1k; } } }
N
  background "nginx-$site" "$site" nginx -c "$work/nginx-$site.conf"
  await 20 in_ns "$site" curl -sf -o /dev/null http://127.0.0.1:3000/1k
  lab_cli "$site" serve --bg --http=80 3000 >/dev/null 2>&1
}

# The measuring side, at the site `client`: SITE CONNECTIONS SECONDS leaves wrk's report in $work/wrk; SITE prints bytes per
# second and bytes.
lab_requests() {
  in_ns client wrk -t1 -c"$2" -d"$3s" --latency -H "Host: $1.lab.net" "http://$(cat "$work/ip-$1")/1k" >"$work/wrk"
  ! grep -E 'Socket errors|Non-2xx' "$work/wrk" >&2
}
lab_body() {
  in_ns client curl -sf -o /dev/null -w '%{speed_download} %{size_download}\n' -H "Host: $1.lab.net" "http://$(cat "$work/ip-$1")/1g"
}

cpu_ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
reset_peak() { echo 5 >"/proc/$1/clear_refs"; }
peak_mb() { awk '/^VmHWM:/ { printf "%.1f\n", $2 / 1024 }' "/proc/$1/status"; }
rss_mb() { awk '/^VmRSS:/ { printf "%.1f\n", $2 / 1024 }' "/proc/$1/status"; }
pss_mb() { awk '/^Pss:/ { printf "%.1f\n", $2 / 1024 }' "/proc/$1/smaps_rollup"; }

# sample CONTENDER MEASURE VALUE: kept for the table.
sample() {
  echo "$1 $2 $3" >>"$work/samples"
}

# table REFERENCE CONTENDER...: median (min to max) of each measure for each contender, and the ratio to the reference.
table() {
  awk -v names="$*" '
    { if (!($2 in seen)) { seen[$2] = 1; order[++measures] = $2 }
      v[$1, $2, ++n[$1, $2]] = $3 }
    function median(c, m,   i, j, t, k) {
      k = n[c, m]
      for (i = 2; i <= k; i++) for (j = i; j > 1 && v[c, m, j] < v[c, m, j - 1]; j--) {
        t = v[c, m, j]; v[c, m, j] = v[c, m, j - 1]; v[c, m, j - 1] = t }
      return k % 2 ? v[c, m, (k + 1) / 2] : (v[c, m, k / 2] + v[c, m, k / 2 + 1]) / 2
    }
    END { count = split(names, name, " ")
      for (i = 1; i <= measures; i++) { m = order[i]
        print m
        reference = median(name[1], m)
        for (j = 1; j <= count; j++) { c = name[j]
          if (n[c, m]) { x = median(c, m); printf "  %-22s %9.6g  (%.6g to %.6g)  %.2f×\n", c, x, v[c, m, 1], v[c, m, n[c, m]], reference ? x / reference : 0 } } } }' \
    "$work/samples"
}

# lab_serving CONTENDER…: a client with a TUN device, and for each contender a site with a node of it that serves the
# pages of lab_web, reached directly; the addresses are in $work/ip-SITE.
lab_serving() {
  local contender site sites=()
  for contender; do sites+=("${contender//tailscaled/ts}"); done
  lab_up client "${sites[@]}"
  lab_node client tailscaled-tun
  for contender; do
    site=${contender//tailscaled/ts}
    lab_node "$site" "$contender"
    lab_web "$site"
    lab_direct client "$site" >"$work/ip-$site"
  done
}
