# Sourced behind lab.sh by benchmarks of pairs of nodes: wireguard-go with the kernel's TCP (KERNEL_TCP=cubic), official nodes
# and ours, each pair at two sites of its own. The caller sets `contenders`, calls lab_up "${sites[@]}", then pairs_start.
# Then a stream from near to far goes to ${target[CONTENDER]} port 5201, by the SOCKS5 proxy at ${proxy[CONTENDER]} if there is one.

stream=$root/lab/bench/stream.py
declare -A near=([wireguard-go]=ga [tailscaled]=ta [weft]=wa) far=([wireguard-go]=gb [tailscaled]=tb [weft]=wb) target proxy
proxy=([wireguard-go]= [tailscaled]=1055 [weft]=1055)
sites=()
for contender in "${contenders[@]}"; do sites+=("${near[$contender]}" "${far[$contender]}"); done

outer() { in_ns "$1" ip -4 -o addr show wan | awk '{ sub(/\/.*/, "", $4); print $4 }'; }
wireguard() { # SITE ADDRESS
  (umask 077 && wg genkey >"$work/key-$1")
  # Its control socket is named like the device, in a folder that namespaces share.
  background "wg-$1" "$1" env WG_PROCESS_FOREGROUND=1 LOG_LEVEL=error wireguard-go -f "$prefix-$1"
  await 10 in_ns "$1" wg show "$prefix-$1"
  in_ns "$1" ip addr add "$2/24" dev "$prefix-$1"
  in_ns "$1" ip link set "$prefix-$1" mtu 1280 up
}
pairs_start() {
  local contender a b kind
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
}
