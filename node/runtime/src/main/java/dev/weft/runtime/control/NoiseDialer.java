package dev.weft.runtime.control;

import dev.weft.keys.MachineKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.transport.ts2021.Ts2021ClientHandler;
import dev.weft.transport.ts2021.UpgradeException;
import dev.weft.ts2021.ClientHandshake;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Runs a [DialPlan]: the attempts race, the first Noise channel wins.
final class NoiseDialer {
  private static final long HANDSHAKE_MILLIS = 10_000;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ControlSettings settings;
  private final Dialer dialer;

  NoiseDialer(ControlSettings settings, Dialer dialer) {
    this.settings = settings;
    this.dialer = dialer;
  }

  /// A connection to the holder of a key.
  Channel dial(DialPlan plan, MachineKey serverKey) throws IOException, InterruptedException {
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    List<Thread> running = new ArrayList<>();
    List<Outcome> failures = new ArrayList<>();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try {
      while (failures.size() < plan.attempts().size()) {
        boolean more = running.size() < plan.attempts().size();
        // Nobody is running, or the last started had its head start: the next one goes.
        if (more && failures.size() == running.size()) {
          running.add(start(plan.attempts().get(running.size()), serverKey, outcomes));
          continue;
        }
        long wait =
            more
                ? plan.attempts().get(running.size()).delay().toNanos()
                : deadline - System.nanoTime();
        @Nullable Outcome outcome = outcomes.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
        if (outcome == null && !more) {
          break;
        } else if (outcome == null) {
          running.add(start(plan.attempts().get(running.size()), serverKey, outcomes));
        } else if (outcome.channel() != null) {
          return outcome.channel();
        } else {
          failures.add(outcome);
        }
      }
      throw failed(failures);
    } finally {
      running.forEach(Thread::interrupt);
      closeLosers(outcomes);
    }
  }

  /// What an attempt came to: a channel, or why not.
  private record Outcome(
      DialPlan.Attempt attempt, @Nullable Channel channel, @Nullable IOException failure) {}

  private Thread start(
      DialPlan.Attempt attempt, MachineKey serverKey, BlockingQueue<Outcome> outcomes) {
    return Thread.ofVirtual()
        .name("control-dial-" + attempt.port())
        .start(() -> outcomes.add(outcomeOf(attempt, serverKey)));
  }

  private Outcome outcomeOf(DialPlan.Attempt attempt, MachineKey serverKey) {
    try {
      Channel channel = connect(attempt, serverKey);
      if (Thread.interrupted()) {
        channel.close(); // the race is over
        return new Outcome(attempt, null, new IOException("not needed"));
      }
      return new Outcome(attempt, channel, null);
    } catch (IOException e) {
      return new Outcome(attempt, null, e);
    } catch (InterruptedException e) {
      return new Outcome(attempt, null, new IOException("not needed", e));
    }
  }

  private static void closeLosers(BlockingQueue<Outcome> outcomes) {
    for (Outcome late = outcomes.poll(); late != null; late = outcomes.poll()) {
      if (late.channel() != null) {
        late.channel().close();
      }
    }
  }

  private Channel connect(DialPlan.Attempt attempt, MachineKey serverKey)
      throws IOException, InterruptedException {
    ClientHandshake handshake =
        ClientHandshake.begin(
            CapabilityVersion.CURRENT, settings.machine(), serverKey, settings.entropy());
    Promise<Channel> done = ImmediateEventExecutor.INSTANCE.newPromise();
    Channel channel =
        dialer.connect(
            attempt.tls(),
            attempt.host(),
            attempt.port(),
            pipeline -> fill(pipeline, attempt, handshake, done));
    Dialer.await(done, channel, HANDSHAKE_MILLIS);
    if (done.isSuccess()) {
      return done.getNow();
    }
    channel.close();
    @Nullable Throwable cause = done.cause();
    if (cause instanceof UpgradeException upgrade) {
      throw upgrade;
    }
    throw ControlException.of(
        attempt + " did not become a control connection: " + Dialer.reason(cause));
  }

  private void fill(
      ChannelPipeline pipeline,
      DialPlan.Attempt attempt,
      ClientHandshake handshake,
      Promise<Channel> done) {
    if (attempt.tls()) {
      pipeline.addLast(
          Unverified.TLS.newHandler(pipeline.channel().alloc(), attempt.host(), attempt.port()));
    }
    pipeline.addLast(
        new HttpClientCodec(),
        new Ts2021ClientHandler(
            handshake, settings.authority(), ControlConnection::addHandlers, done));
  }

  private IOException failed(List<Outcome> failures) {
    for (Outcome outcome : failures) {
      if (outcome.failure() instanceof UpgradeException) {
        return outcome.failure(); // a server was there
      }
    }
    @Nullable IOException last = failures.isEmpty() ? null : failures.getLast().failure();
    return last == null
        ? ControlException.of("the control server " + settings.server() + " does not answer")
        : last;
  }

  /// TLS here only gets us through to the server: who that is, Noise proves, as the original has it
  /// (`docs/protocol/control.md` §2.2). Where it does matter, at `/key`, certificates are verified.
  private static final class Unverified {
    static final SslContext TLS = make();

    private Unverified() {}

    private static SslContext make() {
      try {
        return SslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm("")
            .build();
      } catch (SSLException e) {
        throw new IllegalStateException("this Java has no TLS", e);
      }
    }
  }
}
