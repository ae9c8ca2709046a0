package dev.weft.runtime.cipher;

import dev.weft.base.Datagrams;
import dev.weft.runtime.loop.MemoryExchange;
import dev.weft.runtime.loop.UdpSockets;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.SessionKey;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Opens batches beside the loop.
final class OpenLane {
  /// One batch. A slot keeps its memory.
  private static final class Job {
    @Nullable MemorySegment memory;
    @Nullable OpenedBatch opened;
    @Nullable Datagrams sealed;
    @Nullable SessionKey key;
    @Nullable PathId from;
    boolean isOpened;
  }

  private final LaneThread thread;
  private final Lane<Job> lane;
  private final MemoryExchange received;
  private final BatchCipher.Output output;

  OpenLane(Executor loop, MemoryExchange received, BatchCipher.Output output) {
    this.received = received;
    this.output = output;
    thread = new LaneThread("weft-open", loop);
    lane = new Lane<>(BatchCipher.SLOTS, _ -> new Job(), OpenLane::work, this::finish, thread);
    thread.serve(lane);
  }

  void submit(SessionKey key, Datagrams sealed, PathId from) {
    Job job = lane.claim();
    job.sealed = keep(job, sealed);
    job.key = key;
    job.from = from;
    lane.submit();
  }

  /// Without a copy when the batch lies in memory that can be exchanged for the slot's.
  private Datagrams keep(Job job, Datagrams sealed) {
    MemorySegment memory = job.memory;
    if (memory == null) {
      memory = UdpSockets.allocateSpare();
      job.opened = new OpenedBatch();
    }
    if (received.exchange(sealed.memory(), memory)) {
      job.memory = sealed.memory();
      return sealed;
    }
    job.memory = memory;
    MemorySegment.copy(sealed.memory(), sealed.offset(), memory, 0, sealed.length());
    return Datagrams.of(memory, 0, sealed.length(), sealed.segmentSize());
  }

  boolean holds(SessionKey key) {
    for (int i = 0; i < lane.size(); i++) {
      if (key.equals(lane.underWay(i).key)) {
        return true;
      }
    }
    return false;
  }

  private static void work(Job job) {
    if (job.key != null && job.sealed != null && job.opened != null) {
      job.key.open(job.sealed, job.opened);
      job.isOpened = true;
    }
  }

  private void finish(Job job) {
    SessionKey key = job.key;
    PathId from = job.from;
    OpenedBatch opened = job.isOpened ? job.opened : null;
    clear(job);
    if (key != null && from != null && opened != null) {
      output.opened(from, key, opened);
    }
  }

  /// A slot keeps no key alive.
  private static void clear(Job job) {
    job.sealed = null;
    job.key = null;
    job.from = null;
    job.isOpened = false;
  }

  void close() {
    if (thread.close()) {
      lane.abandon(OpenLane::clear);
    }
  }
}
