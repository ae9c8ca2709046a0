#!/usr/bin/env bash
# netstack.sh loss [SECONDS RUNS DELAY_MS LOSS_PERCENT...]: one stream over a link of 1 Gbit/s that loses packets, to the Linux
#   kernel's TCP: from our stack, and from the kernel's TCP in the same run (default: 5 s, 3 runs, 10 ms one way, 1 5 20).
#   Prints median, minimum and maximum of both in Mbit/s, and of their ratio. Root and /dev/net/tun.
# netstack.sh segment [ROUNDS]: nanoseconds that a segment costs the stack, both sides, nothing else between (default 20).
# Compiles node/netstack first; needs Maven.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
. "$root/bin/lib/jdk.sh"
weft_find_java jdk
weft_need_maven
what=${1:-loss}
shift || true
case $what in
  loss)
    main=dev.weft.netstack.channel.LossBench
    [ $# -gt 0 ] || set -- 5 3 10 1 5 20
    ;;
  segment)
    main=dev.weft.netstack.SegmentBench
    [ $# -gt 0 ] || set -- 20
    ;;
  *) sed -n '2,6s/^# //p' "$0" >&2 && exit 2 ;;
esac
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
mvn -B -q -f "$root/pom.xml" -pl node/netstack -am -Dspotless.check.skip -Dmdep.analyze.skip \
  test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$classpath" >&2
"$JAVA_HOME/bin/java" -Xmx512m --enable-native-access=ALL-UNNAMED \
  -cp "$root/node/netstack/target/test-classes:$root/node/netstack/target/classes:$root/protocol/target/classes:$(cat "$classpath")" "$main" "$@"
