package dev.weft.cli;

import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// `weft status`: this node and its peers.
final class StatusCommand implements Command {
  private final FlagSet flags = new FlagSet("weft status");
  private final Flag<Boolean> json = flags.flag("json", false, "print everything as JSON");
  private final Flag<Boolean> active = flags.flag("active", false, "show only peers with traffic");
  private final Flag<Boolean> self = flags.flag("self", true, "show this node");
  private final Flag<Boolean> peers = flags.flag("peers", true, "show the peers");
  private final Flag<Boolean> header = flags.flag("header", false, "show what the columns are");

  @Override
  public String arguments() {
    return "[flags]";
  }

  @Override
  public String summary() {
    return "Show this node, its peers and how they are reached";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    expectNoArguments(args);
    if (json.value() && !active.value()) {
      terminal.out().print(JsonIndent.indent(daemon.statusJson(peers.value()), "  "));
      return 0;
    }
    Status status = daemon.status(peers.value());
    if (json.value()) {
      terminal
          .out()
          .print(JsonIndent.indent(Json.encodeToText(Status.JSON, onlyActive(status)), "  "));
      return 0;
    }
    String trouble = StatusText.trouble(status);
    if (trouble != null) {
      if (StatusText.isOdd(status.backendState()) && !status.health().isEmpty()) {
        terminal.out().print(StatusText.health(status) + '\n');
      }
      terminal.out().println(trouble);
      return Failure.FAILED;
    }
    Instant now = Instant.now();
    terminal.out().print(table(status, now));
    if (!status.health().isEmpty()) {
      terminal.out().print('\n' + StatusText.health(status));
    }
    String notes = StatusText.notes(status, now);
    if (!notes.isEmpty()) {
      terminal.out().print('\n' + notes);
    }
    return 0;
  }

  private String table(Status status, Instant now) {
    Table table = new Table();
    if (header.value()) {
      table.row("IP", "Hostname", "Owner", "OS", "Status");
      table.row("--", "--------", "-----", "--", "------");
    }
    PeerStatus own = status.self();
    if (self.value() && own != null) {
      table.row(StatusText.row(status, own, now));
    }
    for (PeerStatus peer : StatusText.sorted(status.peers())) {
      if (!peer.shareeNode() && (peer.active() || !active.value())) {
        table.row(StatusText.row(status, peer, now));
      }
    }
    return table.render();
  }

  private static Status onlyActive(Status status) {
    List<PeerStatus> kept = new ArrayList<>();
    for (PeerStatus peer : status.peers()) {
      if (peer.active()) {
        kept.add(peer);
      }
    }
    return status.withPeers(kept);
  }
}
