package dev.weft.simulation;

/// How much of a remote address a NAT looks at, for mappings and for filters (RFC 4787 §4.1, §5).
public enum Scope {
  ENDPOINT_INDEPENDENT,
  ADDRESS_DEPENDENT,
  ADDRESS_AND_PORT_DEPENDENT
}
