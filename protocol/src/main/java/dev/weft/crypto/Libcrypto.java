package dev.weft.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The calls of OpenSSL 3's libcrypto that ChaCha20-Poly1305 needs. See `EVP_EncryptInit(3)`.
///
/// Heap arrays are lent to the native code for the length of a call, so nothing is copied; each
/// call is short and never blocks, as `Linker.Option.critical` asks.
@SuppressWarnings("restricted") // binding native code is what this class is for
final class Libcrypto {
  /// Only this ABI: what carries the name in it keeps these symbols.
  private static final String LIBRARY = "libcrypto.so.3";

  private static final Linker.Option HEAP = Linker.Option.critical(true);

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());

  final MethodHandle contextNew;
  final MethodHandle contextFree;
  final MethodHandle cipherInit;
  final MethodHandle cipherUpdate;
  final MethodHandle cipherFinal;
  final MethodHandle contextControl;

  /// The `EVP_CIPHER` itself, which libcrypto owns.
  final MemorySegment chacha20Poly1305;

  /// @throws IllegalArgumentException when the library is not installed
  /// @throws java.util.NoSuchElementException when it lacks a symbol
  Libcrypto() {
    contextNew = bind("EVP_CIPHER_CTX_new", FunctionDescriptor.of(ADDRESS));
    contextFree = bind("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(ADDRESS));
    cipherInit =
        bind(
            "EVP_CipherInit_ex",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
            HEAP);
    cipherUpdate =
        bind(
            "EVP_CipherUpdate",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
            HEAP);
    cipherFinal =
        bind(
            "EVP_CipherFinal_ex", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS), HEAP);
    contextControl =
        bind(
            "EVP_CIPHER_CTX_ctrl",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS),
            HEAP);
    MethodHandle cipher = bind("EVP_chacha20_poly1305", FunctionDescriptor.of(ADDRESS));
    try {
      chacha20Poly1305 = (MemorySegment) cipher.invokeExact();
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  private MethodHandle bind(String symbol, FunctionDescriptor signature, Linker.Option... options) {
    return linker.downcallHandle(library.findOrThrow(symbol), signature, options);
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
