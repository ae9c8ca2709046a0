package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Carries datagrams between sites, by the site's external address.
final class Internet {
  private final Timeline timeline;
  private final RandomGenerator random;
  private final Map<Ip, Site> sites = new LinkedHashMap<>();
  private Conditions conditions = Conditions.GOOD;

  Internet(Timeline timeline, RandomGenerator random) {
    this.timeline = timeline;
    this.random = random;
  }

  void add(Site site) {
    sites.put(site.external(), site);
  }

  void setConditions(Conditions newer) {
    conditions = newer;
  }

  Conditions conditions() {
    return conditions;
  }

  void send(Endpoint from, Endpoint to, Bytes datagram) {
    Site site = sites.get(to.ip());
    if (site == null || random.nextDouble() < conditions.loss()) {
      return;
    }
    int times = random.nextDouble() < conditions.repetition() ? 2 : 1;
    for (int i = 0; i < times; i++) {
      long jitter = conditions.jitter() == 0 ? 0 : random.nextLong(conditions.jitter());
      timeline.after(
          conditions.delay() + jitter, () -> site.fromInternet(from, to.port(), datagram));
    }
  }
}
