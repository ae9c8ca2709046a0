package dev.weft.serve.http1;

/// The header fields that mean something to a proxy; every other one is passed on as it is.
public enum FieldName {
  HOST("host"),
  CONTENT_LENGTH("content-length"),
  TRANSFER_ENCODING("transfer-encoding"),
  CONNECTION("connection"),
  UPGRADE("upgrade"),
  EXPECT("expect"),
  TE("te"),
  KEEP_ALIVE("keep-alive"),
  PROXY_CONNECTION("proxy-connection"),
  PROXY_AUTHENTICATE("proxy-authenticate"),
  PROXY_AUTHORIZATION("proxy-authorization"),
  /// Became the variable `HTTP_PROXY` of a CGI program: CVE-2016-5385.
  PROXY("proxy"),
  /// `Forwarded` and all of `X-Forwarded-…`: what a proxy says of the client.
  FORWARDING(""),
  /// All of `Tailscale-…`: what a node says of the client.
  IDENTITY(""),
  /// A name that some programs take for one that frames the message: they treat `_` and other signs
  /// like `-`.
  LOOKALIKE(""),
  OTHER("");

  private static final FieldName[] EXACT = {
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    UPGRADE,
    EXPECT,
    TE,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    PROXY
  };

  private static final String FORWARDED = "forwarded";
  private static final String X_FORWARDED = "x-forwarded";
  private static final String TAILSCALE = "tailscale-";

  private final String lowerCase;

  FieldName(String lowerCase) {
    this.lowerCase = lowerCase;
  }

  static FieldName of(byte[] bytes, int from, int to) {
    int length = to - from;
    for (FieldName name : EXACT) {
      if (name.lowerCase.length() == length && startsWith(name.lowerCase, bytes, from)) {
        return isSpeltExactly(name.lowerCase, bytes, from) ? name : name.lookalike();
      }
    }
    if (length >= TAILSCALE.length() && startsWith(TAILSCALE, bytes, from)) {
      return IDENTITY;
    }
    boolean forwarded = length == FORWARDED.length() && startsWith(FORWARDED, bytes, from);
    boolean xForwarded = length >= X_FORWARDED.length() && startsWith(X_FORWARDED, bytes, from);
    return forwarded || xForwarded ? FORWARDING : OTHER;
  }

  private FieldName lookalike() {
    return switch (this) {
      case CONTENT_LENGTH, TRANSFER_ENCODING -> LOOKALIKE;
      default -> this;
    };
  }

  /// With every sign of a name read as `-`.
  private static boolean startsWith(String lowerCase, byte[] bytes, int from) {
    for (int i = 0; i < lowerCase.length(); i++) {
      if (folded(bytes[from + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static char folded(byte b) {
    if (b >= 'A' && b <= 'Z') {
      return (char) (b + ('a' - 'A'));
    }
    boolean alphanumeric = b >= 'a' && b <= 'z' || b >= '0' && b <= '9';
    return alphanumeric ? (char) b : '-';
  }

  private static boolean isSpeltExactly(String lowerCase, byte[] bytes, int from) {
    for (int i = 0; i < lowerCase.length(); i++) {
      if (lowerCase.charAt(i) == '-' && bytes[from + i] != '-') {
        return false;
      }
    }
    return true;
  }
}
