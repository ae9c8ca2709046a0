package dev.weft.cli;

import dev.weft.base.Ip;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Status;
import java.util.List;

/// `weft ip`: the tailnet addresses of this node or of a peer.
final class IpCommand implements Command {
  private final FlagSet flags = new FlagSet("weft ip");
  private final Flag<Boolean> first = flags.flag("1", false, "print one address only");
  private final Flag<Boolean> v4 = flags.flag("4", false, "print the IPv4 address");
  private final Flag<Boolean> v6 = flags.flag("6", false, "print the IPv6 address");
  private final Flag<String> asserted =
      flags.text("assert", "IP", "", "succeed if this is one of this node's addresses");

  @Override
  public String arguments() {
    return "[flags] [host]";
  }

  @Override
  public String summary() {
    return "Print the tailnet addresses of this node or of another";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    if (args.size() > 1) {
      throw Failure.usage("weft ip: names one node at most, and flags go before it");
    }
    if ((first.value() ? 1 : 0) + (v4.value() ? 1 : 0) + (v6.value() ? 1 : 0) > 1) {
      throw Failure.of("weft ip -1, -4, and -6 are mutually exclusive");
    }
    Status status = daemon.status(!args.isEmpty());
    if (!asserted.value().isEmpty()) {
      return checkAssertion(status);
    }
    List<Ip> addresses =
        args.isEmpty() ? status.tailscaleIps() : addressesOf(status, args.getFirst());
    if (addresses.isEmpty()) {
      throw Failure.of("no current Tailscale IPs; state: " + status.backendState());
    }
    print(addresses, terminal);
    return 0;
  }

  private int checkAssertion(Status status) throws Failure {
    for (Ip address : status.tailscaleIps()) {
      if (address.toString().equals(asserted.value())) {
        return 0;
      }
    }
    throw Failure.of(
        "assertion failed: IP \""
            + asserted.value()
            + "\" not found among "
            + status.tailscaleIps());
  }

  private static List<Ip> addressesOf(Status status, String host) throws Failure {
    Ip ip = Hosts.find(status, host).ip();
    return Hosts.withAddress(status, ip)
        .map(PeerStatus::tailscaleIps)
        .orElseThrow(() -> Failure.of("no peer found with IP " + ip));
  }

  private void print(List<Ip> addresses, Terminal terminal) throws Failure {
    boolean printed = false;
    for (Ip address : first.value() ? addresses.subList(0, 1) : addresses) {
      boolean excluded = address.isV4() ? v6.value() : v4.value();
      if (!excluded) {
        terminal.out().println(address);
        printed = true;
      }
    }
    if (!printed) {
      throw Failure.of("no Tailscale " + (v4.value() ? "IPv4" : "IPv6") + " address");
    }
  }
}
