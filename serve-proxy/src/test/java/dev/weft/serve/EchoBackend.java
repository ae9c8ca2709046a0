package dev.weft.serve;

import static dev.weft.serve.ScriptedBackend.ok;

import dev.weft.serve.HttpClientSocket.Message;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What a program behind the proxy receives.
final class EchoBackend {
  /// A test with a backend of its own adds what that one reads.
  final BlockingQueue<Message> received = new LinkedBlockingQueue<>();

  /// A backend that answers each request with its body.
  ScriptedBackend start() throws IOException {
    return ScriptedBackend.answering(request -> {
      received.add(request);
      return ok(request.text());
    });
  }

  /// The next request.
  Message next() throws InterruptedException {
    Message message = received.poll(10, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("the backend received nothing");
    }
    return message;
  }
}
