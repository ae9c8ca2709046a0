package dev.weft.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The calls of OpenSSL 3's libcrypto that ChaCha20-Poly1305 needs. See `EVP_EncryptInit(3)`.
///
/// The library is bound when the class is first used; an `ExceptionInInitializerError` then says
/// that it is not installed, lacks a symbol, or that this JVM cannot call it.
///
/// Heap arrays are lent to the native code for the length of a call, so nothing is copied; each
/// call is short and never blocks, as `Linker.Option.critical` asks.
@SuppressWarnings("restricted") // binding native code is what this class is for
final class Libcrypto {
  /// Only this ABI: what carries the name in it keeps these symbols.
  private static final String LIBRARY = "libcrypto.so.3";

  private static final Linker.Option HEAP = Linker.Option.critical(true);
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LOOKUP = SymbolLookup.libraryLookup(LIBRARY, Arena.global());

  // Constants, not fields of an object: only then does the compiler see through a call, and only
  // then are the segments around the arrays never allocated.

  static final MethodHandle CONTEXT_NEW =
      bind("EVP_CIPHER_CTX_new", FunctionDescriptor.of(ADDRESS));

  static final MethodHandle CONTEXT_FREE =
      bind("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(ADDRESS));

  static final MethodHandle CIPHER_INIT =
      bind(
          "EVP_CipherInit_ex",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
          HEAP);

  static final MethodHandle CIPHER_UPDATE =
      bind(
          "EVP_CipherUpdate",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
          HEAP);

  /// The same with an output outside the heap, by its address: with a wrapper for each kind of
  /// memory in one call, the compiler would allocate one of them.
  static final MethodHandle CIPHER_UPDATE_TO =
      bind(
          "EVP_CipherUpdate",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT),
          HEAP);

  /// The same with an input outside the heap.
  static final MethodHandle CIPHER_UPDATE_FROM =
      bind(
          "EVP_CipherUpdate",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT),
          HEAP);

  static final MethodHandle CIPHER_FINAL =
      bind("EVP_CipherFinal_ex", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS), HEAP);

  /// Parameters at the same time as the nonce: cheaper than `EVP_CIPHER_CTX_ctrl` for each.
  static final MethodHandle CIPHER_INIT_WITH =
      bind(
          "EVP_CipherInit_ex2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG),
          HEAP);

  static final MethodHandle CONTEXT_PARAMETERS =
      bind(
          "EVP_CIPHER_CTX_get_params",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG),
          Linker.Option.critical(false));

  /// The `EVP_CIPHER` itself, which libcrypto owns.
  static final MemorySegment CHACHA20_POLY1305 = cipher();

  private Libcrypto() {}

  private static MemorySegment cipher() {
    MethodHandle cipher = bind("EVP_chacha20_poly1305", FunctionDescriptor.of(ADDRESS));
    try {
      return (MemorySegment) cipher.invokeExact();
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  private static MethodHandle bind(
      String symbol, FunctionDescriptor signature, Linker.Option... options) {
    return LINKER.downcallHandle(LOOKUP.findOrThrow(symbol), signature, options);
  }

  /// A downcall declares `Throwable` and throws nothing checked.
  static RuntimeException failure(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("libcrypto call failed", cause);
  }
}
