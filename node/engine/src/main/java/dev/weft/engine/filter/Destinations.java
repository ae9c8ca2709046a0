package dev.weft.engine.filter;

import dev.weft.base.PrefixSet;

/// Addresses and the ports on them that one rule opens.
record Destinations(PrefixSet addresses, int firstPort, int lastPort) {
  boolean hasAddress(long high, long low) {
    return addresses.contains(high, low);
  }

  boolean hasPort(int port) {
    return firstPort <= port && port <= lastPort;
  }

  boolean hasAllPorts() {
    return firstPort == 0 && lastPort == 0xffff;
  }
}
