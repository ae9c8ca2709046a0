package dev.weft.runtime.cipher;

import dev.weft.base.Datagrams;
import dev.weft.base.Segments;
import dev.weft.engine.Path;
import dev.weft.netstack.Netstack;
import dev.weft.runtime.loop.SendBuffer;
import dev.weft.wireguard.SessionKey;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Seals batches beside the loop.
final class SealLane {
  /// One batch. A slot keeps its array.
  private static final class Job {
    byte[] plain = {};
    @Nullable Segments batch;
    @Nullable SessionKey key;
    long firstCounter;
    Path.@Nullable Udp to;
    @Nullable SendBuffer buffer;
    @Nullable Datagrams sealed;
  }

  private final LaneThread thread;
  private final Lane<Job> lane;
  private final BatchCipher.Output output;

  SealLane(Executor loop, BatchCipher.Output output) {
    this.output = output;
    thread = new LaneThread("weft-seal", loop);
    lane = new Lane<>(BatchCipher.SLOTS, _ -> new Job(), SealLane::work, this::finish, thread);
    thread.serve(lane);
  }

  void submit(SessionKey key, long firstCounter, Segments plain, Path.Udp to) {
    Job job = lane.claim();
    job.batch = keep(job, plain);
    job.key = key;
    job.firstCounter = firstCounter;
    job.to = to;
    job.buffer = SendBuffer.allocate(key.sealedLength(plain)); // last: it has to be given back
    lane.submit();
  }

  /// Without a copy when the batch was gathered in an array that can be exchanged for the slot's.
  private Segments keep(Job job, Segments plain) {
    if (job.plain.length == 0) {
      job.plain = new byte[Netstack.BATCH_BYTES];
    }
    if (output.exchange(plain.array(), job.plain)) {
      job.plain = plain.array();
      return plain;
    }
    int length = plain.length();
    byte[] copy = length <= job.plain.length ? job.plain : new byte[length];
    System.arraycopy(plain.array(), plain.offset(), copy, 0, length);
    return Segments.of(copy, 0, length, plain.segmentSize());
  }

  boolean holds(SessionKey key) {
    for (int i = 0; i < lane.size(); i++) {
      if (key.equals(lane.underWay(i).key)) {
        return true;
      }
    }
    return false;
  }

  void settle(SessionKey key) {
    while (holds(key)) {
      lane.finishOldest();
    }
  }

  private static void work(Job job) {
    if (job.key != null && job.batch != null && job.buffer != null) {
      job.sealed = job.key.seal(job.firstCounter, job.batch, job.buffer.memory());
    }
  }

  private void finish(Job job) {
    SendBuffer buffer = job.buffer;
    Datagrams sealed = job.sealed;
    Path.Udp to = job.to;
    clear(job);
    if (buffer != null && sealed != null && to != null) {
      output.sealed(to, buffer, sealed);
    } else if (buffer != null) {
      buffer.release();
    }
  }

  /// A slot keeps no key alive.
  private static void clear(Job job) {
    job.batch = null;
    job.key = null;
    job.to = null;
    job.buffer = null;
    job.sealed = null;
  }

  void close() {
    if (thread.close()) {
      lane.abandon(job -> {
        if (job.buffer != null) {
          job.buffer.release();
        }
        clear(job);
      });
    }
  }
}
