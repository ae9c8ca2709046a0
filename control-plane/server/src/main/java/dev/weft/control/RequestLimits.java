package dev.weft.control;

import dev.weft.base.Ip;
import dev.weft.keys.MachineKey;
import dev.weft.transport.limit.RateLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How often one machine, and one place, may ask for what costs others something. A machine key
/// costs nothing, so registrations are counted by where they come from too.
final class RequestLimits {
  /// Machines and places that are remembered.
  private static final int MAX_REMEMBERED = 20_000;

  /// Clients retry after 10, 40, 90 … ms (`docs/protocol/control.md` §4.1).
  private final RateLimit<MachineKey> registrations = new RateLimit<>(30, 0.5, MAX_REMEMBERED);

  /// A stream or an update. Whatever changes at a machine, a client says so a few times a second at
  /// most.
  private final RateLimit<MachineKey> maps = new RateLimit<>(120, 5, MAX_REMEMBERED);

  /// Hundreds of nodes may sit behind one address, and start at once after a power cut.
  private final RateLimit<Ip> places = new RateLimit<>(2_000, 20, MAX_REMEMBERED);

  /// @return how long to wait; zero for not at all
  Duration register(MachineKey machine, @Nullable Ip place, long nowNanos) {
    Duration wait = registrations.take(machine, nowNanos);
    return wait.isZero() && place != null ? places.take(place, nowNanos) : wait;
  }

  Duration map(MachineKey machine, long nowNanos) {
    return maps.take(machine, nowNanos);
  }
}
