package dev.weft.runtime.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The functions of the C library that are called here. Nothing of this class may be touched before
/// [BatchReceiver#isAvailable] has said so: they are bound with the class.
@SuppressWarnings("restricted") // binding native code is what this class is for
final class Libc {
  /// What a call leaves behind: `errno`.
  static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

  private static final int EAGAIN = 11;
  private static final int EINTR = 4;

  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LOOKUP = LINKER.defaultLookup();

  private static final MethodHandle RECVMSG =
      LINKER.downcallHandle(
          LOOKUP.findOrThrow("recvmsg"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.captureCallState("errno"));

  private static final MethodHandle DUP =
      LINKER.downcallHandle(
          LOOKUP.findOrThrow("dup"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT),
          Linker.Option.captureCallState("errno"));

  private Libc() {}

  /// `recvmsg(2)`.
  static long receive(MemorySegment state, int descriptor, MemorySegment header, int flags) {
    try {
      return (long) RECVMSG.invokeExact(state, descriptor, header, flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// `dup(2)`.
  static int duplicate(MemorySegment state, int descriptor) {
    try {
      return (int) DUP.invokeExact(state, descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Answers -1 when a call only had nothing to do.
  static int failure(MemorySegment state) throws IOException {
    int error = (int) ERRNO.get(state, 0L);
    if (error != EAGAIN && error != EINTR) {
      throw new IOException("error " + error + " of the operating system");
    }
    return -1;
  }

  /// A downcall declares `Throwable` and throws nothing checked.
  private static RuntimeException unexpected(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("a call of the C library failed", cause);
  }
}
