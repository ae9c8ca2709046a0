#!/usr/bin/env bash
# run.sh MINUTES [TARGET…]: fuzzes each target (all of them by default) for that long, and says what came of it.
#   WEFT_FUZZ_JOBS   targets at a time (default 2)
#   WEFT_FUZZ_PIDS   a file to which the process ids are appended
#   WEFT_FUZZ_WORK   where classes are copied to and logs and corpora are kept (default target/fuzz)
#   WEFT_FUZZ_BUILT  set: what the last run has built is fuzzed again
# A finding is written into the target's inputs under src/test/resources: it replays in every test run from then on.
# What was reached is kept in target/fuzz/corpus, so that the next run goes on from there.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/bin/lib/jdk.sh"
[ $# -ge 1 ] || { sed -n 2,8p "$0"; exit 2; }
minutes=$1
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "run.sh: minutes must be a whole number above 0" >&2; exit 2; }
shift
weft_find_java jdk
weft_need_maven
work=${WEFT_FUZZ_WORK:-$here/target/fuzz}
mkdir -p "$work/corpus"
rm -f "$work/summary.txt"

# The classes are copied: a build beside a long run must not change what it runs.
[ -n "${WEFT_FUZZ_BUILT:-}" ] || (cd "$root" && mvn ${WEFT_MAVEN_OPTS:-} -B -ntp -q -pl lab/fuzz -am -DskipTests -Dspotless.check.skip -Dmdep.analyze.skip \
  test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/class-path >"$work/build.log" 2>&1) ||
  { cat "$work/build.log" >&2; exit 1; }
rm -rf "$work/classes"
mkdir "$work/classes"
class_path= count=0
for entry in $(printf '%s' "$here/target/test-classes:$(cat "$here/target/class-path")" | tr ':' ' '); do
  if [ -d "$entry" ]; then
    count=$((count + 1))
    cp -r "$entry" "$work/classes/$count"
    entry=$work/classes/$count
  fi
  class_path=$class_path:$entry
done

# As a parser must get along with: a small stack, a small heap.
java=("$JAVA_HOME/bin/java" -ea -Xmx256m -Xss256k -XX:+UseSerialGC -XX:+EnableDynamicAgentLoading
  -XX:TieredStopAtLevel=4 --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -cp "${class_path#:}" com.code_intelligence.jazzer.Jazzer)

fuzz() {
  local name=$1 source=$2 class method inputs log=$work/$1.log status=0
  class=${source#"$here/src/test/java/"}
  class=${class%.java}
  method=$(grep -A1 '@FuzzTest' "$source" | sed -n 's/^ *void \([A-Za-z0-9]*\)(.*/\1/p')
  inputs=$here/src/test/resources/${class}Inputs/$method
  mkdir -p "$inputs" "$work/corpus/$name"
  cd "$work"
  nice -n 19 "${java[@]}" --target_class="${class//\//.}" '--instrumentation_includes=dev.weft.**' \
    '--custom_hook_includes=dev.weft.**' --reproducer_path="$work" \
    -max_total_time=$((minutes * 60)) -timeout=300 -report_slow_units=30 -rss_limit_mb=3000 -print_final_stats=1 \
    -artifact_prefix="$inputs/" "$work/corpus/$name" "$inputs" >"$log" 2>&1 &
  [ -z "${WEFT_FUZZ_PIDS:-}" ] || echo "$!" >>"$WEFT_FUZZ_PIDS"
  wait "$!" || status=$?
  local runs coverage
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -1)
  printf '%-24s %4s min  %10s executions  %-10s %s\n' "$name" "$minutes" "${runs:-?}" "${coverage:-cov: ?}" \
    "$([ "$status" = 0 ] && echo 'nothing found' || echo "FOUND, see $log")" | tee -a "$work/summary.txt"
  return "$status"
}

targets=()
while IFS= read -r source; do
  name=$(basename "$source" FuzzTest.java)
  if [ $# = 0 ] || [[ " $* " == *" $name "* ]]; then targets+=("$name=$source"); fi
done < <(find "$here/src/test/java" -name '*FuzzTest.java' | sort)
[ ${#targets[@]} -gt 0 ] || { echo "run.sh: no such target: $*" >&2; exit 2; }

status=0
for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "${WEFT_FUZZ_JOBS:-2}" ]; do wait -n || status=1; done
  fuzz "${target%%=*}" "${target#*=}" &
done
while [ "$(jobs -rp | wc -l)" -gt 0 ]; do wait -n || status=1; done
wait || status=1
exit "$status"
