package dev.weft.runtime.localapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.ipn.Notify;
import dev.weft.ipn.WatchOption;
import dev.weft.json.Json;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;

/// Writes one watcher's events to its connection, each as a line of JSON.
///
/// Events wait in a queue of 128. A watcher that does not read fast enough is told so and loses its
/// watch: events must not be lost silently, and must not fill the daemon's memory.
final class EventStream implements LocalBackend.Watcher {
  private static final int CAPACITY = 128; // docs/protocol/services.md §6.3
  private static final String FELL_BEHIND = "IPN bus consumer fell behind; closing watch";

  private sealed interface Item {
    record Event(Notify message) implements Item {}

    record End() implements Item {}
  }

  private final Channel channel;
  private final String version;
  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(CAPACITY);
  private volatile boolean overflowed;
  private volatile boolean endedByBackend;

  EventStream(Channel channel, String version) {
    this.channel = channel;
    this.version = version;
  }

  @Override
  public void on(Notify event) {
    if (!overflowed && !queue.offer(new Item.Event(event))) {
      overflowed = true; // run() finds out once it has written what is queued
    }
  }

  @Override
  public void ended() {
    endedByBackend = true;
    queue.offer(new Item.End()); // when the queue is full, run() is awake anyway
  }

  /// Writes events until the backend ends the watch or the watcher falls behind.
  ///
  /// @throws InterruptedException when the watcher has gone away
  void run(LocalBackend backend, Set<WatchOption> options) throws InterruptedException {
    try (LocalBackend.Watch _ = backend.watch(options, this)) {
      while (true) {
        switch (next()) {
          case Item.Event(Notify message) -> write(message);
          case Item.End() -> {
            if (overflowed) {
              write(Notify.builder().version(version).errMessage(FELL_BEHIND).build());
            }
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            return;
          }
        }
      }
    }
  }

  private Item next() throws InterruptedException {
    Item waiting = queue.poll();
    if (waiting != null) {
      return waiting;
    }
    return overflowed || endedByBackend ? new Item.End() : queue.take();
  }

  /// Waits until the bytes have left: what is not yet written stays in the queue, where it is
  /// counted.
  private void write(Notify notify) throws InterruptedException {
    byte[] line = (Json.encodeToText(Notify.JSON, notify) + '\n').getBytes(UTF_8);
    try {
      channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(line))).get();
    } catch (ExecutionException e) {
      throw (InterruptedException) new InterruptedException("connection lost").initCause(e);
    }
  }
}
