package dev.weft.runtime;

import dev.weft.runtime.backend.ControlLink;
import dev.weft.runtime.backend.StoredIdentity;
import dev.weft.runtime.control.ControlClient;
import dev.weft.runtime.control.ControlReply;
import dev.weft.runtime.control.LoginRequest;
import dev.weft.runtime.control.NodeReport;
import java.io.IOException;

/// The control client as the backend sees it.
final class ClientLink implements ControlLink {
  private static final int OK = 200;

  private final ControlClient client;
  private final StoredIdentity.Lease lease;

  /// @param lease what the client works on; ends with it
  ClientLink(ControlClient client, StoredIdentity.Lease lease) {
    this.client = client;
    this.lease = lease;
  }

  @Override
  public void report(NodeReport report) {
    client.report(report);
  }

  @Override
  public void login(LoginRequest request) {
    client.login(request);
  }

  @Override
  public void pause() {
    client.pause();
  }

  @Override
  public void resume() {
    client.resume();
  }

  @Override
  public void reconnect() {
    client.reconnect();
  }

  @Override
  public void logout() throws IOException, InterruptedException {
    client.logout();
  }

  @Override
  public byte[] request(String method, String path, byte[] json)
      throws IOException, InterruptedException {
    ControlReply reply = client.request(method, path, json);
    if (reply.status() != OK) {
      throw new IOException("control answers " + reply.status() + ": " + reply.text().strip());
    }
    return reply.body().toArray();
  }

  @Override
  public void close() {
    client.close();
    lease.close();
  }
}
