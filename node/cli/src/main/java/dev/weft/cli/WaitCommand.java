package dev.weft.cli;

import dev.weft.ipn.Notify;
import dev.weft.ipn.State;
import dev.weft.ipn.WatchOption;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `weft wait`: returns when the node is connected and has its addresses.
final class WaitCommand implements Command {
  private final FlagSet flags = new FlagSet("weft wait");
  private final Flag<Duration> timeout =
      flags.duration("timeout", Duration.ZERO, "how long to wait; 0s for no limit");

  @Override
  public String arguments() {
    return "[flags]";
  }

  @Override
  public String summary() {
    return "Wait until the node is connected";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    expectNoArguments(args);
    try (EventReader events = daemon.watch(WatchOption.INITIAL_STATE);
        Deadline deadline = Deadline.closing(events, timeout.value())) {
      try {
        awaitRunning(events, daemon);
      } catch (Failure e) {
        throw deadline.hasPassed() ? timedOut(daemon) : e;
      }
      return 0;
    }
  }

  private static void awaitRunning(EventReader events, Daemon daemon) throws Failure {
    while (true) {
      Optional<Notify> event = events.next();
      if (event.isEmpty()) {
        throw Failure.of("the daemon ended while it was waited for");
      }
      if (event.get().state() == State.RUNNING && !daemon.status(false).tailscaleIps().isEmpty()) {
        return;
      }
    }
  }

  private static Failure timedOut(Daemon daemon) throws Failure {
    return Failure.of("timed out; state: " + daemon.status(false).backendState());
  }
}
