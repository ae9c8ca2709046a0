#!/usr/bin/env bash
# netlab.sh: a small internet in network namespaces, for acceptance tests and benchmarks. Root.
#
#   netlab.sh PREFIX up SITE=KIND...   an "internet" (PREFIX-net, one bridge), a server PREFIX-srv, and one host per SITE
#   netlab.sh PREFIX udp SITE off|on   cut all UDP on the site's uplink, or let it pass again
#   netlab.sh PREFIX loss SITE N       drop N of 1000 packets on the site's uplink in each direction (0 ends it)
#   netlab.sh PREFIX down              end what runs inside, remove all of it
#
# Addresses: the internet is 10.77.0.0/24 (private, so that plain-http control URLs are treated as local ones by
# official clients), srv is 10.77.0.10, the n-th site's outer address is 10.77.0.(100+n); behind a router the LAN is
# 192.168.(100+n).0/24 with the host at .2.
#
# KIND:  public      the host itself has the outer address
#        easy        a router that masquerades: endpoint-independent mapping, address- and port-dependent filtering (RFC 4787)
#        hard        the same with a new random port for each destination (address- and port-dependent mapping)
#        udpblocked  easy, and no UDP leaves
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,19s/^# \{0,1\}//p' "$0" >&2; exit 2; }
prefix=$1 command=$2
shift 2

in_ns() { ip netns exec "$prefix-$1" "${@:2}"; }
exists() { ip netns pids "$prefix-$1" >/dev/null 2>&1; }

add_ns() {
  ip netns add "$prefix-$1"
  in_ns "$1" ip link set lo up
  in_ns "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
  in_ns "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null || true
}

# cable NS DEVICE NAME-ON-THE-BRIDGE: a link from a namespace to the internet's bridge.
cable() {
  ip link add name "$3" netns "$prefix-net" type veth peer name "$2" netns "$prefix-$1"
  in_ns net ip link set "$3" master br0 up
  in_ns "$1" ip link set "$2" up
}

router() { # NAME KIND INDEX
  local name=$1 kind=$2 index=$3 random= udp=
  [ "$kind" = hard ] && random=fully-random
  [ "$kind" = udpblocked ] && udp='meta l4proto udp drop'
  add_ns "$name-r"
  cable "$name-r" wan "s$index"
  in_ns "$name-r" ip addr add "10.77.0.$((100 + index))/24" dev wan
  ip link add name lan netns "$prefix-$name-r" type veth peer name eth0 netns "$prefix-$name"
  in_ns "$name-r" ip addr add "192.168.$((100 + index)).1/24" dev lan
  in_ns "$name-r" ip link set lan up
  in_ns "$name" ip addr add "192.168.$((100 + index)).2/24" dev eth0
  in_ns "$name" ip link set eth0 up
  in_ns "$name" ip route add default via "192.168.$((100 + index)).1"
  # The router drops unsolicited packets to itself as well: accepting one would create a conntrack entry that moves the
  # host's own mapping to another port.
  in_ns "$name-r" nft -f - <<NFT
table ip nat {
  chain post { type nat hook postrouting priority 100; oifname "wan" masquerade $random; }
}
table inet edge {
  chain forward {
    type filter hook forward priority 0; policy drop;
    $udp
    ct state established,related accept
    iifname "lan" accept
  }
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iifname { "lan", "lo" } accept
    meta l4proto icmp accept
  }
}
NFT
}

edge_of() { if exists "$1-r"; then echo "$1-r"; else echo "$1"; fi; }

case $command in
  up)
    add_ns net
    in_ns net ip link add name br0 type bridge
    in_ns net ip link set br0 up
    in_ns net ip addr add 10.77.0.1/24 dev br0
    add_ns srv
    cable srv wan srv
    in_ns srv ip addr add 10.77.0.10/24 dev wan
    index=0
    for site in "$@"; do
      index=$((index + 1)) name=${site%%=*} kind=${site#*=}
      add_ns "$name"
      case $kind in
        public)
          cable "$name" wan "s$index"
          in_ns "$name" ip addr add "10.77.0.$((100 + index))/24" dev wan
          ;;
        easy | hard | udpblocked) router "$name" "$kind" "$index" ;;
        *) echo "netlab: unknown kind '$kind' (public, easy, hard, udpblocked)" >&2; exit 2 ;;
      esac
    done
    ;;
  udp)
    edge=$(edge_of "$1")
    in_ns "$edge" nft delete table inet udpcut 2>/dev/null || true
    if [ "$2" = off ]; then
      in_ns "$edge" nft -f - <<'NFT'
table inet udpcut {
  chain in  { type filter hook prerouting priority -300; iifname "wan" meta l4proto udp drop; }
  chain out { type filter hook postrouting priority 300; oifname "wan" meta l4proto udp drop; }
}
NFT
    fi
    ;;
  loss)
    edge=$(edge_of "$1")
    in_ns "$edge" nft delete table inet loss 2>/dev/null || true
    if [ "$2" -gt 0 ]; then
      in_ns "$edge" nft -f - <<NFT
table inet loss {
  chain in  { type filter hook prerouting priority -300; iifname "wan" numgen random mod 1000 < $2 drop; }
  chain out { type filter hook postrouting priority 300; oifname "wan" numgen random mod 1000 < $2 drop; }
}
NFT
    fi
    ;;
  down)
    for ns in $(ip netns list | awk '{print $1}' | grep "^$prefix-" || true); do
      for pid in $(ip netns pids "$ns" 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
      ip netns del "$ns" || true
    done
    ;;
  *)
    echo "netlab: unknown command '$command' (up, udp, loss, down)" >&2
    exit 2
    ;;
esac
