package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bodies larger than any buffer.
@Timeout(120)
class ProxyBulkTest {
  private static final int SIZE = 40_000_000;

  @Test
  void aLargeDownloadArrivesUnchanged() throws Exception {
    byte[] piece = random(100_003);
    for (boolean chunked : new boolean[] {false, true}) {
      try (ScriptedBackend backend = new ScriptedBackend(c -> sendLarge(c, piece, chunked));
          Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
          HttpClientSocket client = rig.client()) {
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        for (int sent = 0; sent < SIZE; sent += piece.length) {
          expected.update(piece);
        }
        HttpClientSocket.Message response = client.get("/").read();
        assertArrayEquals(
            expected.digest(), MessageDigest.getInstance("SHA-256").digest(response.body()));
      }
    }
  }

  @Test
  void aLargeUploadArrivesUnchanged() throws Exception {
    BlockingQueue<byte[]> digests = new LinkedBlockingQueue<>();
    byte[] body = random(SIZE);
    try (ScriptedBackend backend =
            ScriptedBackend.answering(r -> {
              digests.add(digest(r.body()));
              return ScriptedBackend.ok("thanks");
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + SIZE + "\r\n\r\n").send(body);
      assertEquals("thanks", client.read().text());
      assertArrayEquals(digest(body), digests.poll(10, TimeUnit.SECONDS));

      client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int at = 0; at < SIZE; at += 1_000_000) {
        client
            .send(Integer.toHexString(1_000_000) + "\r\n")
            .send(Arrays.copyOfRange(body, at, at + 1_000_000))
            .send("\r\n");
      }
      client.send("0\r\n\r\n");
      assertEquals("thanks", client.read().text());
      assertArrayEquals(digest(body), digests.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aClientThatReadsSlowlyHoldsTheBackendBackNotTheMemory() throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] piece = random(64 << 10);
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.read();
              c.socket.setSendBufferSize(64 << 10);
              c.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
              for (int at = 0; at < SIZE; at += piece.length) {
                c.socket.getOutputStream().write(piece, 0, Math.min(piece.length, SIZE - at));
                sent.addAndGet(piece.length);
              }
            });
        Rig rig = new Rig(Rig.PATIENT).withSendBuffer(64 << 10).proxying(backend.port());
        HttpClientSocket client = rig.client(64 << 10)) {
      client.get("/");
      client.exactly(1000);
      long stuckAt = settled(sent);
      long pending =
          rig.onLoop(() -> rig.lastFront().unsafe().outboundBuffer().totalPendingWriteBytes());
      assertTrue(pending <= 512 << 10, "held in memory: " + pending);
      // The rest of what was sent is in the kernel's buffers of two connections.
      assertTrue(stuckAt < 16_000_000, "sent while nobody read: " + stuckAt);

      long read = 1000;
      InputStream in = client.in;
      byte[] buffer = new byte[64 << 10];
      while (read < SIZE) {
        int n = in.read(buffer);
        assertTrue(n > 0, "ended after " + read);
        read += n;
      }
    }
  }

  @Test
  void aBackendThatReadsSlowlyHoldsTheClientBack() throws Exception {
    AtomicLong sent = new AtomicLong();
    BlockingQueue<Boolean> go = new LinkedBlockingQueue<>();
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.socket.setReceiveBufferSize(64 << 10);
              HttpClientSocket.Message head = c.read(true);
              go.take();
              c.exactly(Integer.parseInt(head.field("content-length")));
              c.send(ScriptedBackend.ok("done"));
            });
        Rig rig = new Rig(Rig.PATIENT).proxying(backend.port());
        HttpClientSocket client = rig.client()) {
      client.socket.setSendBufferSize(64 << 10);
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + SIZE + "\r\n\r\n");
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                byte[] piece = random(64 << 10);
                try {
                  for (int at = 0; at < SIZE; at += piece.length) {
                    client
                        .socket
                        .getOutputStream()
                        .write(piece, 0, Math.min(piece.length, SIZE - at));
                    sent.addAndGet(piece.length);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertTrue(settled(sent) < 16_000_000);
      go.add(true);
      assertEquals("done", client.read().text());
      sender.join();
    }
  }

  /// Waits until a counter stands still.
  private static long settled(AtomicLong counter) throws InterruptedException {
    long last = -1;
    while (counter.get() != last || last == 0) {
      last = counter.get();
      new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
    }
    return last;
  }

  private static void sendLarge(HttpClientSocket c, byte[] piece, boolean chunked)
      throws IOException {
    c.read();
    int pieces = (SIZE + piece.length - 1) / piece.length;
    c.send(
        "HTTP/1.1 200 OK\r\n"
            + (chunked
                ? "Transfer-Encoding: chunked"
                : "Content-Length: " + (long) pieces * piece.length)
            + "\r\n\r\n");
    for (int i = 0; i < pieces; i++) {
      if (chunked) {
        c.send(Integer.toHexString(piece.length) + "\r\n");
      }
      c.send(piece);
      if (chunked) {
        c.send("\r\n");
      }
    }
    c.send(chunked ? "0\r\n\r\n" : "");
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
