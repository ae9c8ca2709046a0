package dev.weft.engine.magicsock;

import dev.weft.base.Endpoint;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The addresses where one peer may be (`docs/protocol/dataplane.md` §3.4), at most [#LIMIT].
final class Candidates {
  static final int LIMIT = 100;

  private final Map<Endpoint, Candidate> byEndpoint = new LinkedHashMap<>();

  /// Takes the network map's list in place of its earlier one.
  void setMapped(long now, List<Endpoint> endpoints) {
    for (Candidate candidate : byEndpoint.values()) {
      candidate.mapped = false;
    }
    for (Endpoint endpoint : endpoints) {
      Candidate candidate = add(now, endpoint);
      if (candidate != null) {
        candidate.mapped = true;
      }
    }
    prune(now);
  }

  /// Takes a call-me-maybe's list in place of that of the one before, each to be pinged at once.
  void setCalled(long now, List<Endpoint> endpoints) {
    for (Candidate candidate : byEndpoint.values()) {
      candidate.called = false;
    }
    for (Endpoint endpoint : endpoints) {
      if (endpoint.ip().isV6() && endpoint.ip().isLinkLocal()) {
        continue; // means nothing without a zone
      }
      Candidate candidate = add(now, endpoint);
      if (candidate != null) {
        candidate.called = true;
      }
    }
    for (Candidate candidate : byEndpoint.values()) {
      candidate.pinged = Candidate.NEVER;
    }
    prune(now);
  }

  /// The address that a ping came from; null when the table is full of better-founded ones.
  @Nullable Candidate heard(long now, Endpoint endpoint) {
    Candidate candidate = add(now, endpoint);
    if (candidate != null) {
      candidate.heard = now;
    }
    return candidate;
  }

  Collection<Candidate> all() {
    return byEndpoint.values();
  }

  void forgetPings() {
    for (Candidate candidate : byEndpoint.values()) {
      candidate.pinged = Candidate.NEVER;
    }
  }

  void prune(long now) {
    byEndpoint.values().removeIf(candidate -> !candidate.isCurrent(now));
  }

  private @Nullable Candidate add(long now, Endpoint endpoint) {
    Candidate known = byEndpoint.get(endpoint);
    if (known != null) {
      return known;
    }
    if (byEndpoint.size() >= LIMIT) {
      prune(now);
      if (byEndpoint.size() >= LIMIT && !dropOldestLearned()) {
        return null;
      }
    }
    Candidate candidate = new Candidate(endpoint);
    byEndpoint.put(endpoint, candidate);
    return candidate;
  }

  /// Only what a ping taught us may go: a peer must not push out what its network map says.
  private boolean dropOldestLearned() {
    Candidate oldest = null;
    for (Candidate candidate : byEndpoint.values()) {
      if (!candidate.mapped
          && !candidate.called
          && (oldest == null || candidate.heard < oldest.heard)) {
        oldest = candidate;
      }
    }
    if (oldest == null) {
      return false;
    }
    for (Iterator<Candidate> all = byEndpoint.values().iterator(); all.hasNext(); ) {
      if (all.next() == oldest) {
        all.remove();
        return true;
      }
    }
    return false;
  }
}
