package dev.weft.ipn.serve;

import java.util.List;

/// The flags of `serve` and `funnel` (`docs/protocol/services.md` §1.10), as the command line has
/// read them. A port that was not given is 0, a text that was not given is empty.
public record ServeFlags(
    boolean bg,
    long https,
    long http,
    long tcp,
    long tlsTerminatedTcp,
    String setPath,
    long proxyProtocol,
    List<String> acceptAppCaps) {
  public static final ServeFlags NONE = new ServeFlags(false, 0, 0, 0, 0, "", 0, List.of());

  public ServeFlags {
    acceptAppCaps = List.copyOf(acceptAppCaps);
  }
}
