package dev.weft.runtime.control;

import static dev.weft.runtime.control.FakeControl.next;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.PingRequest;
import dev.weft.tailcfg.RegisterResponse;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A control server that means harm, or has lost its mind: `docs/protocol/control.md` says what it
/// should send, and here it does not.
@Timeout(60)
class HostileControlTest {
  private ClientRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new ClientRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void whateverAStreamSaysTheNextOneIsHeard() throws Exception {
    FakeControl.Stream stream = rig.loggedIn();
    byte[] deep = ("{\"a\":" + "[".repeat(50_000)).getBytes(UTF_8);
    List<byte[]> harm =
        List.of(
            new byte[] {-1, -1, -1, 127}, // a length of 2 GiB
            new byte[] {0, 0, 0, 0}, // of nothing
            FakeControl.Stream.frame(new byte[] {1, 2, 3, 4, 5}), // no zstd
            FakeControl.Stream.frame(zstd("not JSON".getBytes(UTF_8))),
            FakeControl.Stream.frame(zstd(deep)),
            FakeControl.Stream.frame(bomb()),
            FakeControl.Stream.frame(
                zstd(("{\"Peers\":[" + "{},".repeat(300_000)).getBytes(UTF_8))),
            FakeControl.Stream.frame(zstd("{\"Node\":{\"Key\":\"nodekey:zz\"}}".getBytes(UTF_8))));
    for (byte[] bytes : harm) {
      stream.call().write(bytes);
      rig.events.next(ControlProblem.class);
      stream = next(rig.server.streams);
      stream.begin();
      stream.send(ClientRig.first());
      rig.events.next(NetworkMap.class);
    }
    assertEquals(1, rig.server.peers.size(), "no reason to dial again");
  }

  @Test
  void aServerThatEndsEveryStreamBehindItsFirstMapIsAskedEverMoreSeldom() throws Exception {
    rig.client.login(LoginRequest.resume());
    long begun = System.nanoTime();
    int streams = 7;
    for (int i = 0; i < streams; i++) {
      FakeControl.Stream stream = next(rig.server.streams);
      stream.begin();
      stream.send(ClientRig.first());
      stream.end();
    }
    // 50 ms doubled six times, at the least three quarters of it: a lower bound no machine breaks.
    long least = 3 * (50L << 6) / 4 - 50;
    assertTrue(System.nanoTime() - begun >= TimeUnit.MILLISECONDS.toNanos(least), "a tight loop");
  }

  @Test
  void aServerThatBreaksEveryConnectionIsDialledTenTimesAMinute() throws Exception {
    rig.server.beforeRegister =
        call -> {
          call.cut();
          return true;
        };
    rig.client.login(LoginRequest.resume());
    AtomicInteger dialled = new AtomicInteger();
    long begun = System.nanoTime();
    while (rig.server.peers.poll(1, TimeUnit.SECONDS) != null) {
      dialled.incrementAndGet();
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
      assertTrue(dialled.get() <= DialBudget.DIALS * (1 + seconds / 60), dialled + " dials");
    }
    assertTrue(dialled.get() >= 3, "it was tried again: " + dialled);
  }

  @Test
  void aNewPageForEveryQuestionIsNoReasonToHurry() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    rig.server.onRegister =
        _ ->
            RegisterResponse.builder()
                .authUrl("https://control.test/a/" + asked.incrementAndGet())
                .build();
    rig.client.login(LoginRequest.interactive());
    long begun = System.nanoTime();
    while (asked.get() < 7) {
      next(rig.server.registrations);
    }
    long least = 3 * (50L << 4) / 4;
    assertTrue(System.nanoTime() - begun >= TimeUnit.MILLISECONDS.toNanos(least), "a tight loop");
  }

  @Test
  void whatIsNoWebPageIsNoPageToSendAUserTo() throws Exception {
    rig.server.onRegister = _ -> RegisterResponse.builder().authUrl("javascript:alert(1)").build();
    rig.client.login(LoginRequest.interactive());
    ControlProblem problem = rig.events.next(ControlProblem.class);
    assertTrue(problem.message().contains("no web page"), problem::message);
    assertNull(rig.events.peek(LoginState.AwaitingUser.class));
  }

  @Test
  void browsingIsForWebPages() throws Exception {
    FakeControl.Stream stream = rig.loggedIn();
    for (String url : List.of("file:///etc/passwd", "javascript:1", "https://h/\u001b[2J")) {
      stream.send(MapResponse.builder().keepAlive(true).popBrowserUrl(url).build());
    }
    stream.send(
        MapResponse.builder().keepAlive(true).popBrowserUrl("https://control.test/x").build());
    assertEquals("https://control.test/x", rig.events.next(ClientRig.Browse.class).url());
  }

  @Test
  void questionsThatMakeNoSenseAreDroppedAndTheNextIsAnswered() throws Exception {
    FakeControl.Stream stream = rig.loggedIn();
    List<String> urls =
        List.of(
            "mailto:a@b",
            "https:///nohost",
            "http://",
            "file:///etc/passwd",
            "://",
            "https://h/\r\nX: y",
            "http://user:pass@127.0.0.1/");
    for (String types : List.of("", "c2n", "disco", "TSMP,ICMP", "\u0000")) {
      for (String url : urls) {
        ping(stream, PingRequest.builder().url(url).types(types));
      }
    }
    byte[] echo = "POST /echo HTTP/1.1\r\n\r\nhello".getBytes(UTF_8);
    boolean isAnswered = false;
    for (int i = 0; !isAnswered; i++) {
      // Dropped while those before it take all places: control asks again.
      String url = "https://h/ok?" + i;
      ping(stream, PingRequest.builder().url(url).types("c2n").payload(Bytes.of(echo)));
      FakeControl.Call call;
      while (!isAnswered && (call = rig.server.others.poll(100, MILLISECONDS)) != null) {
        call.answer(204, new byte[0]);
        isAnswered = call.path.startsWith("/ok");
      }
    }
  }

  private static void ping(FakeControl.Stream stream, PingRequest.Builder ping) {
    stream.send(MapResponse.builder().keepAlive(true).pingRequest(ping.build()).build());
  }

  /// 64 MiB of zeros, which are a few KiB in zstd.
  private static byte[] bomb() {
    return zstd(new byte[64 << 20]);
  }

  private static byte[] zstd(byte[] plain) {
    ZstdJavaCompressor zstd = new ZstdJavaCompressor();
    byte[] out = new byte[zstd.maxCompressedLength(plain.length)];
    int length = zstd.compress(plain, 0, plain.length, out, 0, out.length);
    return Arrays.copyOf(out, length);
  }
}
