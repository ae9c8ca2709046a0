package dev.weft.simulation;

/// A NAT by its two behaviours, with the names from before RFC 4787.
///
/// @param mapping when a new destination gets a new external port
/// @param filtering who may send to an external port
public record NatKind(Scope mapping, Scope filtering) {
  public static final NatKind FULL_CONE =
      new NatKind(Scope.ENDPOINT_INDEPENDENT, Scope.ENDPOINT_INDEPENDENT);
  public static final NatKind ADDRESS_RESTRICTED =
      new NatKind(Scope.ENDPOINT_INDEPENDENT, Scope.ADDRESS_DEPENDENT);
  public static final NatKind PORT_RESTRICTED =
      new NatKind(Scope.ENDPOINT_INDEPENDENT, Scope.ADDRESS_AND_PORT_DEPENDENT);
  public static final NatKind SYMMETRIC =
      new NatKind(Scope.ADDRESS_AND_PORT_DEPENDENT, Scope.ADDRESS_AND_PORT_DEPENDENT);

  /// Whether two nodes behind such NATs can meet without guessing ports: each knows the port that
  /// the other's NAT gave it towards a third party.
  ///
  /// A side that maps by destination sends from a port that the other never heard of. The other
  /// lets it in if it does not filter by port, and answers to where it came from.
  public static boolean canMeet(NatKind a, NatKind b) {
    return reaches(a, b) || reaches(b, a);
  }

  /// Whether the first side's pings get in at the second, which has pinged the first's known
  /// endpoint.
  private static boolean reaches(NatKind from, NatKind to) {
    boolean portKnown = from.mapping == Scope.ENDPOINT_INDEPENDENT;
    boolean endpointValid = to.mapping == Scope.ENDPOINT_INDEPENDENT;
    return endpointValid && (portKnown || to.filtering != Scope.ADDRESS_AND_PORT_DEPENDENT);
  }
}
