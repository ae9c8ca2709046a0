# Sourced by the scripts in bin/: finds a JDK 25 and says how to get one when there is none.

weft_is_jdk25() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${version:-0}" -ge 25 ] && { [ "${2:-}" != jdk ] || [ -x "$1/bin/javac" ]; }
}

# weft_find_java [jdk]: sets JAVA_HOME. With `jdk`, a run-time image without javac does not do.
weft_find_java() {
  local candidate on_path
  on_path=$(command -v java || true)
  [ -n "$on_path" ] && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${WEFT_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/*25* /usr/lib/jvm/default-java /opt/java/* /opt/*jdk*25* \
    "$HOME"/.sdkman/candidates/java/25* "$HOME"/.jdks/*25* /usr/lib/jvm/*; do
    if [ -n "$candidate" ] && weft_is_jdk25 "$candidate" "${1:-}"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  cat >&2 <<'MSG'
weft: needs a JDK 25 or later and found none (looked at JAVA_HOME, java on PATH, /usr/lib/jvm, ~/.sdkman, ~/.jdks).
  Debian 13 or later:  apt install openjdk-25-jdk-headless
  elsewhere:           install Eclipse Temurin 25 (https://adoptium.net), or: sdk install java 25-tem
Then run this again, or set JAVA_HOME to where it is.
MSG
  return 1
}

weft_need_maven() {
  command -v mvn >/dev/null && return 0
  echo "weft: needs Maven 3.8 or later to build. Debian: apt install maven" >&2
  return 1
}
