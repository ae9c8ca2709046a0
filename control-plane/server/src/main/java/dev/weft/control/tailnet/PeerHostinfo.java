package dev.weft.control.tailnet;

import dev.weft.tailcfg.Hostinfo;

/// The part of a node's Hostinfo that its peers need (`docs/protocol/control.md` §5.4). The rest
/// says much about a machine and is nobody's business.
final class PeerHostinfo {
  private PeerHostinfo() {}

  static Hostinfo of(Hostinfo full) {
    return Hostinfo.builder()
        .ipnVersion(full.ipnVersion())
        .os(full.os())
        .hostname(full.hostname())
        .shieldsUp(full.shieldsUp())
        .shareeNode(full.shareeNode())
        .services(full.services())
        .sshHostKeys(full.sshHostKeys())
        .appConnector(full.appConnector())
        .location(full.location())
        .build();
  }
}
