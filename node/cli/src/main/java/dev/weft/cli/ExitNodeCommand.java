package dev.weft.cli;

import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Status;
import java.time.Instant;
import java.util.List;

/// `weft exit-node list`: the nodes that offer the way to the internet.
final class ExitNodeCommand implements Command {
  private final FlagSet flags = new FlagSet("weft exit-node");

  @Override
  public String arguments() {
    return "list";
  }

  @Override
  public String summary() {
    return "List the nodes that offer the way to the internet";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    if (!args.equals(List.of("list"))) {
      throw Failure.usage("usage: weft exit-node list");
    }
    Status status = daemon.status(true);
    Table table = new Table();
    table.row("IP", "HOSTNAME", "STATUS");
    boolean any = false;
    for (PeerStatus peer : StatusText.sorted(status.peers())) {
      if (peer.exitNodeOption() && !peer.tailscaleIps().isEmpty()) {
        any = true;
        table.row(
            peer.tailscaleIps().getFirst().toString(),
            StatusText.withoutLastDot(peer.dnsName()),
            state(peer));
      }
    }
    if (!any) {
      throw Failure.of("no exit nodes found");
    }
    terminal.out().print(table.render());
    terminal.out().println("\n# To use one: weft set --exit-node=IP");
    return 0;
  }

  private static String state(PeerStatus peer) {
    String offline =
        peer.online() || peer.active()
            ? ""
            : "offline" + StatusText.lastSeen(peer.lastSeen(), Instant.now());
    if (peer.exitNode()) {
      return offline.isEmpty() ? "selected" : "selected but " + offline;
    }
    return offline.isEmpty() ? "-" : offline;
  }
}
