package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Carries datagrams between sites, by the site's external address. Somebody listens: [#replay] and
/// [#inject] are what an attacker on the way can do without keys.
final class Internet {
  private static final int OVERHEARD = 512;

  private final Timeline timeline;
  private final RandomGenerator random;
  private final Map<Ip, Site> sites = new LinkedHashMap<>();
  private final List<Datagram> overheard = new ArrayList<>();
  private Conditions conditions = Conditions.GOOD;

  Internet(Timeline timeline, RandomGenerator random) {
    this.timeline = timeline;
    this.random = random;
  }

  private record Datagram(Endpoint from, Endpoint to, Bytes bytes) {}

  void add(Site site) {
    sites.put(site.external(), site);
  }

  @Nullable Site siteAt(Ip external) {
    return sites.get(external);
  }

  void setConditions(Conditions newer) {
    conditions = newer;
  }

  void send(Endpoint from, Endpoint to, Bytes datagram) {
    overhear(new Datagram(from, to, datagram));
    Site site = sites.get(to.ip());
    if (site == null || random.nextDouble() < conditions.loss()) {
      return;
    }
    int times = random.nextDouble() < conditions.repetition() ? 2 : 1;
    for (int i = 0; i < times; i++) {
      long jitter = conditions.jitter() == 0 ? 0 : random.nextLong(conditions.jitter());
      Bytes arriving =
          random.nextDouble() < conditions.corruption() ? corrupted(datagram) : datagram;
      timeline.after(
          conditions.delay() + jitter, () -> site.fromInternet(from, to.port(), arriving));
    }
  }

  private void overhear(Datagram datagram) {
    if (overheard.size() < OVERHEARD) {
      overheard.add(datagram);
    } else {
      overheard.set(random.nextInt(OVERHEARD), datagram);
    }
  }

  private Bytes corrupted(Bytes datagram) {
    byte[] bytes = datagram.toArray();
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
    return Bytes.of(bytes);
  }

  /// Sends something once more that was sent before: as it was, or from elsewhere, or to somebody
  /// else, or with a byte changed.
  void replay() {
    if (overheard.isEmpty()) {
      return;
    }
    Datagram old = overheard.get(random.nextInt(overheard.size()));
    Datagram other = overheard.get(random.nextInt(overheard.size()));
    Datagram again =
        switch (random.nextInt(4)) {
          case 0 -> old;
          case 1 -> new Datagram(other.from(), old.to(), old.bytes());
          case 2 -> new Datagram(old.from(), other.to(), old.bytes());
          default -> new Datagram(old.from(), old.to(), corrupted(old.bytes()));
        };
    deliver(again);
  }

  /// Sends random bytes that begin as a message of the protocols does.
  void inject() {
    if (overheard.isEmpty()) {
      return;
    }
    Datagram model = overheard.get(random.nextInt(overheard.size()));
    byte[] bytes = model.bytes().toArray();
    byte[] noise = new byte[bytes.length];
    random.nextBytes(noise);
    int kept = Math.min(bytes.length, random.nextInt(8));
    System.arraycopy(bytes, 0, noise, 0, kept);
    deliver(new Datagram(model.from(), model.to(), Bytes.of(noise)));
  }

  private void deliver(Datagram datagram) {
    Site site = sites.get(datagram.to().ip());
    if (site != null) {
      timeline.after(
          conditions.delay(),
          () -> site.fromInternet(datagram.from(), datagram.to().port(), datagram.bytes()));
    }
  }
}
