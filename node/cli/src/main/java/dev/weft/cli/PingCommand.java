package dev.weft.cli;

import dev.weft.base.Ip;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Status;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `weft ping`: whether a peer answers, which way, and how fast.
final class PingCommand implements Command {
  private static final Duration BETWEEN_PINGS = Duration.ofSeconds(1);

  private final FlagSet flags = new FlagSet("weft ping");
  private final Flag<Boolean> verbose = flags.flag("verbose", false, "say what a name stands for");
  private final Flag<Boolean> untilDirect =
      flags.flag("until-direct", true, "stop once a direct path is established");
  private final Flag<Boolean> tsmp =
      flags.flag("tsmp", false, "ping the peer's tunnel, without its operating system");
  private final Flag<Boolean> icmp =
      flags.flag("icmp", false, "ping the peer's operating system through the tunnel");
  private final Flag<Boolean> peerApi = flags.flag("peerapi", false, "ask the peer's API");
  private final Flag<Long> count =
      flags.number("c", "N", 10, "how many pings to send; 0 for no limit");
  private final Flag<Duration> timeout =
      flags.duration("timeout", Duration.ofSeconds(5), "how long to wait for each answer");
  private final Flag<Long> size =
      flags.number("size", "BYTES", 0, "size of the ping; 0 for the smallest");

  @Override
  public String arguments() {
    return "[flags] <hostname-or-IP>";
  }

  @Override
  public String summary() {
    return "Ping a peer and show the path, direct or relayed";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    if (args.size() != 1 || args.getFirst().isEmpty()) {
      throw Failure.usage("usage: weft ping [flags] <hostname-or-IP>");
    }
    Status status = daemon.status(true);
    String trouble = StatusText.trouble(status);
    if (trouble != null) {
      terminal.out().println(trouble);
      return Failure.FAILED;
    }
    Hosts.Found host = Hosts.find(status, args.getFirst());
    if (host.isSelf()) {
      terminal.out().println(host.ip() + " is local Tailscale IP");
      return 0;
    }
    if (verbose.value() && !host.ip().toString().equals(args.getFirst())) {
      terminal.err().println("lookup \"" + args.getFirst() + "\" => \"" + host.ip() + '"');
    }
    return pings(host.ip(), terminal, daemon);
  }

  private int pings(Ip ip, Terminal terminal, Daemon daemon) throws Failure, IOException {
    boolean anyPong = false;
    for (long n = 1; ; n++) {
      Optional<PingResult> result =
          daemon.ping(ip.toString(), type(), size.value(), timeout.value());
      boolean isLast = n == count.value();
      if (result.isEmpty()) {
        terminal.out().println("ping \"" + ip + "\" timed out");
      } else {
        anyPong = true;
        if (report(result.get(), terminal)) {
          return 0;
        }
      }
      if (isLast && !anyPong) {
        throw Failure.of("no reply");
      }
      if (isLast) {
        return end(result.isPresent());
      }
      if (result.isPresent()) {
        pause();
      }
    }
  }

  private int end(boolean lastAnswered) throws Failure {
    if (untilDirect.value() && lastAnswered) {
      throw Failure.of("direct connection not established");
    }
    return 0;
  }

  /// Prints an answer and says whether it is all that was wanted.
  private boolean report(PingResult pong, Terminal terminal) throws Failure {
    if (pong.isLocalIp()) {
      terminal.out().println(pong.err());
      return true;
    }
    if (!pong.err().isEmpty()) {
      throw Failure.of(pong.err());
    }
    String latency = GoDuration.formatMillis(Math.round(pong.latencySeconds() * 1000));
    if (peerApi.value()) {
      terminal
          .out()
          .println(
              "hit peerapi of "
                  + pong.nodeIp()
                  + " ("
                  + pong.nodeName()
                  + ") at "
                  + pong.peerApiUrl()
                  + " in "
                  + latency);
      return true;
    }
    String port = pong.peerApiPort() == 0 ? "" : ", " + pong.peerApiPort();
    terminal
        .out()
        .println(
            "pong from "
                + pong.nodeName()
                + " ("
                + pong.nodeIp()
                + port
                + ") via "
                + way(pong)
                + " in "
                + latency);
    return tsmp.value() || icmp.value() || untilDirect.value() && !pong.endpoint().isEmpty();
  }

  private String way(PingResult pong) {
    if (!pong.peerRelay().isEmpty()) {
      return "peer-relay(" + pong.peerRelay() + ")";
    }
    if (pong.derpRegionId() != 0) {
      return "DERP(" + pong.derpRegionCode() + ")";
    }
    return pong.endpoint().isEmpty() ? type().toString() : pong.endpoint();
  }

  private PingType type() {
    if (tsmp.value()) {
      return PingType.TSMP;
    }
    if (icmp.value()) {
      return PingType.ICMP;
    }
    return peerApi.value() ? PingType.PEERAPI : PingType.DISCO;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(BETWEEN_PINGS);
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }
}
