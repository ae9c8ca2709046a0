package dev.weft.relay;

import dev.weft.derp.ClientInfo;
import dev.weft.keys.NodeKey;
import dev.weft.transport.derp.Admission;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Serves the clients that everybody who is asked about them allows. Mesh peers are in no tailnet
/// and known by their key, so nobody is asked about them.
final class KeyChecks implements Admission, AutoCloseable {
  private final Switchboard board;
  private final List<Admission> asked = new ArrayList<>();
  private @Nullable UrlAdmission url;

  KeyChecks(RelayPolicy policy, Switchboard board) throws RelayException {
    this.board = board;
    policy.verifySocket().ifPresent(socket -> asked.add(new DaemonAdmission(socket)));
    if (policy.verifyUrl().isPresent()) {
      UrlAdmission added = new UrlAdmission(policy.verifyUrl().get(), policy.verifyFailOpen());
      url = added;
      asked.add(added);
    }
  }

  @Override
  public CompletionStage<Boolean> admit(NodeKey client, ClientInfo info, SocketAddress remote) {
    CompletionStage<Boolean> verdict = CompletableFuture.completedStage(true);
    if (asked.isEmpty() || board.isMeshPeer(info)) {
      return verdict;
    }
    for (Admission next : asked) {
      verdict =
          verdict.thenCompose(allowed ->
              allowed ? next.admit(client, info, remote) : CompletableFuture.completedStage(false));
    }
    return verdict.whenComplete((admitted, failure) -> {
      if (failure != null || !admitted) {
        board.events().refused.increment();
      }
    });
  }

  @Override
  public void close() {
    if (url != null) {
      url.close();
    }
  }
}
