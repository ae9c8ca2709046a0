package dev.weft.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The tag as libcrypto takes and gives it: an array of `OSSL_PARAM(3)` that names where its bytes
/// are. They are in the packet itself, or here when the packet is on the heap.
final class TagParameter {
  // struct ossl_param_st: key, data_type, data, data_size, return_size; an empty one ends the
  // array.
  private static final int PARAMETER_BYTES = 40;
  private static final int KEY = 0;
  private static final int TYPE = 8;
  private static final int DATA = 16;
  private static final int SIZE = 24;
  private static final int OCTET_STRING = 5;

  private static final MemorySegment NAME = Arena.global().allocateFrom("tag");

  private final MemorySegment parameters;
  private final MemorySegment bytes;

  TagParameter() {
    Arena arena = Arena.ofAuto();
    parameters = arena.allocate(2 * PARAMETER_BYTES, Long.BYTES);
    bytes = arena.allocate(Aead.TAG_BYTES);
    parameters.set(ADDRESS, KEY, NAME);
    parameters.set(JAVA_INT, TYPE, OCTET_STRING);
    parameters.set(JAVA_LONG, SIZE, Aead.TAG_BYTES);
  }

  /// The address of the array for a tag at this address.
  long at(long address) {
    parameters.set(JAVA_LONG, DATA, address);
    return parameters.address();
  }

  /// The address of the array for a tag that is kept here.
  long here() {
    return at(bytes.address());
  }

  void copyFrom(byte[] array, int offset) {
    MemorySegment.copy(array, offset, bytes, JAVA_BYTE, 0, Aead.TAG_BYTES);
  }

  void copyTo(byte[] array, int offset) {
    MemorySegment.copy(bytes, JAVA_BYTE, 0, array, offset, Aead.TAG_BYTES);
  }
}
