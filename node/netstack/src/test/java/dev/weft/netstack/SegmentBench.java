package dev.weft.netstack;

import java.util.Locale;

/// What a segment costs the stack: made and acknowledged on one side, taken and read on the other.
final class SegmentBench {
  private SegmentBench() {}

  public static void main(String[] arguments) {
    BulkTransfer transfer = new BulkTransfer(1);
    for (int round = 0; round < Integer.parseInt(arguments[0]); round++) {
      long before = transfer.received();
      long start = System.nanoTime();
      transfer.run(4_000);
      long nanos = System.nanoTime() - start;
      long segments = (transfer.received() - before) / BulkTransfer.SEGMENT;
      System.out.printf(
          Locale.ROOT,
          "%d ns a segment, both sides; %.1f Gbit/s%n",
          nanos / segments,
          (transfer.received() - before) * 8.0 / nanos);
    }
  }
}
