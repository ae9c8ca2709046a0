package dev.weft.runtime.control;

import dev.weft.base.Bytes;
import dev.weft.json.Json;
import dev.weft.tailcfg.PingRequest;
import dev.weft.tailcfg.PingResponse;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers what control asks through the map stream (`docs/protocol/control.md` §3.3), each
/// question on a virtual thread of its own. A question that comes while as many are being answered
/// as may be is dropped: control asks again.
final class PingAnswerer {
  private static final int MAX_AT_ONCE = 8;
  private static final Logger LOG = LoggerFactory.getLogger(PingAnswerer.class);

  private final PingAnswers answers;
  private final Calls calls;
  private final PlainHttp http;
  private final Semaphore free = new Semaphore(MAX_AT_ONCE);
  private String lastUrl = "";

  PingAnswerer(PingAnswers answers, Calls calls, PlainHttp http) {
    this.answers = answers;
    this.calls = calls;
    this.http = http;
  }

  /// Called by the map loop alone. A URL just seen is the same question again.
  void handle(PingRequest request) {
    if (request.url().isEmpty() || request.url().equals(lastUrl) || !free.tryAcquire()) {
      return;
    }
    lastUrl = request.url();
    Thread.ofVirtual()
        .name("control-ping")
        .start(() -> {
          try {
            answer(request);
          } catch (IOException | RuntimeException e) {
            // Whatever control's question provokes ends with it.
            LOG.debug("a question of control was not answered: {}", e.toString());
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            free.release();
          }
        });
  }

  private void answer(PingRequest request) throws IOException, InterruptedException {
    URI url = URI.create(request.url());
    if (url.getRawPath() == null) {
      throw new IllegalArgumentException("no path in " + ServerKeys.printable(request.url()));
    }
    switch (request.types()) {
      case "" -> head(url, request.urlIsNoise());
      case "c2n" -> {
        Bytes question = request.payload() == null ? Bytes.EMPTY : request.payload();
        post(url, answers.handleC2n(question.toArray()));
      }
      default -> {
        for (PingResponse response : answers.ping(request)) {
          post(url, Json.encode(PingResponse.JSON, response));
        }
      }
    }
  }

  private void head(URI url, boolean noise) throws IOException, InterruptedException {
    if (noise) {
      calls.call("HEAD", path(url), new byte[0]);
    } else if (WebPage.of(url.toString()).isPresent()) {
      http.request(HttpMethod.HEAD, url);
    } else {
      throw new IllegalArgumentException("no web address: " + ServerKeys.printable(url.toString()));
    }
  }

  private void post(URI url, byte[] body) throws IOException, InterruptedException {
    calls.call("POST", path(url), body);
  }

  private static String path(URI url) {
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return url.getRawPath() + query;
  }
}
