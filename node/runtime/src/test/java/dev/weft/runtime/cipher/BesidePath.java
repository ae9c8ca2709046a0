package dev.weft.runtime.cipher;

import com.sun.management.ThreadMXBean;
import dev.weft.crypto.Aeads;
import dev.weft.runtime.loop.NodeLoop;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A program: full batches from one core to another, sealed and opened beside the loop. Prints what
/// all threads together allocate for each packet when everything is compiled.
final class BesidePath {
  private static final int BATCHES = 4000;
  private static final int ROUNDS = 20;
  private static final int AT_ONCE = 4;

  /// Many times what a round takes.
  private static final int ROUND_SECONDS = 20;

  private final NodeLoop loop = new NodeLoop();
  private final CipherPair pair = new CipherPair(loop, new Random(1), true, true);
  private final Runnable sendTask = this::send;
  private CountDownLatch done = new CountDownLatch(1);
  private int left;

  /// Fails when a round does not come to its end. Ends early when one is below so many bytes.
  public static void main(String[] arguments) throws Exception {
    double enough = Double.parseDouble(arguments[0]);
    BesidePath path = new BesidePath();
    path.pair.exchanges = Integer.MAX_VALUE;
    double bytes = Double.MAX_VALUE;
    for (int i = 0; i < ROUNDS && bytes >= enough; i++) {
      long before = allocated();
      path.round();
      bytes = (allocated() - before) / ((double) BATCHES * CipherPair.FULL);
    }
    System.out.printf("%.2f bytes %s%n", bytes, Aeads.best().name());
    path.loop.close();
  }

  private void round() throws InterruptedException {
    done = new CountDownLatch(1);
    int end = pair.sent + BATCHES * CipherPair.FULL;
    pair.onArrival =
        () -> {
          if (pair.arrived == end) {
            done.countDown();
          }
        };
    left = BATCHES;
    loop.eventLoop().execute(sendTask);
    if (!done.await(ROUND_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          (end - pair.arrived) + " packets have not come; " + pair.problem);
    }
  }

  private void send() {
    if (pair.sent == 0) {
      pair.a.send(1); // the handshake
      pair.sent = 0;
      pair.arrived = 0;
    }
    for (int i = 0; i < AT_ONCE && left > 0; i++) {
      left--;
      pair.a.sendFull();
    }
    if (left > 0) {
      loop.eventLoop().execute(sendTask);
    }
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getTotalThreadAllocatedBytes();
  }
}
