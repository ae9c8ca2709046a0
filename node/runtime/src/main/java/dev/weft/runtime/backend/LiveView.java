package dev.weft.runtime.backend;

import dev.weft.base.Ip;
import dev.weft.node.Caller;
import dev.weft.node.SelfNode;
import dev.weft.runtime.service.TailnetView;
import java.util.Optional;
import java.util.function.Supplier;

/// Answers from the directory of the moment.
final class LiveView implements TailnetView {
  private final Supplier<Directory> directory;

  LiveView(Supplier<Directory> directory) {
    this.directory = directory;
  }

  @Override
  public Optional<SelfNode> self() {
    return directory.get().self();
  }

  @Override
  public Optional<Ip> resolve(String host) {
    return directory.get().resolve(host);
  }

  @Override
  public boolean reaches(Ip address) {
    return directory.get().reaches(address);
  }

  @Override
  public Optional<Caller> whois(Ip address) {
    return directory.get().whois(address);
  }
}
