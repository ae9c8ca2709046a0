package dev.weft.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/// A bulk transfer in its steady state makes no garbage: packets are written where they leave from,
/// and read where they lie.
final class AllocationTest {
  private static final int WARM_UP = 2_000;
  private static final int PASSES = 5_000;

  /// A batch of segments needs a view of itself, and nothing else is made: less than the smallest
  /// object for each segment.
  private static final double BYTES_PER_SEGMENT = 8;

  @Test
  void aSegmentInTheSteadyStateAllocatesNothing() {
    BulkTransfer transfer = new BulkTransfer(25);
    transfer.run(WARM_UP);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytesBefore = transfer.received();
    long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
    transfer.run(PASSES);
    long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
    long segments = (transfer.received() - bytesBefore) / BulkTransfer.SEGMENT;
    assertTrue(segments > 10 * PASSES, segments + " segments");
    assertEquals(0, transfer.a.resentSegments());
    double each = (double) allocated / segments;
    assertTrue(each < BYTES_PER_SEGMENT, each + " bytes for each segment");
  }
}
