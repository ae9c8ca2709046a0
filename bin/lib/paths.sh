# Sourced. Class paths of the built Weft in $WEFT_HOME, left in $weft_path. The JVM opens or at least checks every JAR it
# is told of, and keeps the table of contents of those it opened on the heap; a start-up cache is bound to its class path.

weft_command_path() { # what a command that talks to the daemon needs
  printf -v weft_path '%s:' "$WEFT_HOME"/lib/{weft-dist,weft-node-cli,weft-protocol,avaje-json-core}-[0-9]*.jar
  weft_path=${weft_path%:} # an empty entry would be the current folder
}

weft_daemon_path() { # everything but what only the servers need
  local jar
  weft_path=
  for jar in "$WEFT_HOME"/lib/*.jar; do
    case ${jar##*/} in
      weft-control-* | weft-derp-relay-* | flyway-* | jackson-* | sqlite-* | bcpkix-* | bcutil-*) ;;
      *) weft_path+=${weft_path:+:}$jar ;;
    esac
  done
}
