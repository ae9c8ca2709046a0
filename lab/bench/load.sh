# Sourced by the scripts in this folder; JAVA_HOME is set, $root is the project. Runs lab/load.

# Builds the load generator when it is missing or older than its sources.
load_prepare() {
  local built=$root/lab/load/target/load/.built
  if [ -f "$built" ] && [ -z "$(find "$root/lab/load/src/main" "$root/lab/load/pom.xml" -newer "$built" -type f -print -quit)" ]; then
    return 0
  fi
  echo "Building the load generator…" >&2
  mvn -B -q -ntp ${WEFT_MAVEN_OPTS:-} -f "$root/pom.xml" -pl lab/load -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
    -Dmdep.analyze.skip=true package >&2 || return 1
  touch "$built"
}

# load_run FLAGS...: see `load_run --help`.
load_run() {
  "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx"${LOAD_HEAP:-1g}" --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \
    ${LOAD_JAVA_OPTS:-} -cp "$root/lab/load/target/load/lib/*" dev.weft.load.LoadCommand "$@"
}
