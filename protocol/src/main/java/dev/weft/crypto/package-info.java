/// The cryptographic primitives that the protocols above are made of, and nothing else.
///
/// | type | what it is | specification |
/// |---|---|---|
/// | [Blake2s][dev.weft.crypto.Blake2s] | hash, keyed MAC, HMAC and the key derivation of WireGuard and Noise | RFC 7693, RFC 2104, RFC 5869 |
/// | [X25519PrivateKey][dev.weft.crypto.X25519PrivateKey] | a secret scalar that agrees and tells its public key, never its bytes | RFC 7748 |
/// | [Aead][dev.weft.crypto.Aead] | ChaCha20-Poly1305 under one key, nonces from a counter; made by a provider of [Aeads][dev.weft.crypto.Aeads] | RFC 8439 |
/// | [XChaCha20Poly1305][dev.weft.crypto.XChaCha20Poly1305] | the same with a 24-byte nonce that may be random | draft-irtf-cfrg-xchacha-03 |
/// | [Box][dev.weft.crypto.Box] | NaCl `crypto_box` with its shared key computed once | <https://nacl.cr.yp.to/box.html> |
/// | [ConstantTime][dev.weft.crypto.ConstantTime] | comparing secrets | |
///
/// Bytes from a peer never throw here: what does not authenticate, and a public key of low order,
/// come back as `null` or `false`. Exceptions mean that the caller broke its side (a key of the
/// wrong length, one nonce used twice).
///
/// The caller supplies randomness ([Entropy][dev.weft.base.Entropy]) and nonces, and confines an
/// `Aead` or a `Box` to one thread at a time. There is no key storage, no negotiation and no
/// message format here.
///
/// BouncyCastle's lightweight classes do BLAKE2s, the curve, Salsa20 and Poly1305.
/// ChaCha20-Poly1305, which every packet passes, comes from OpenSSL's libcrypto through
/// `java.lang.foreign` where the launcher allows native access and the library passes a self-test,
/// else from the JDK.
@NullMarked
package dev.weft.crypto;

import org.jspecify.annotations.NullMarked;
