package dev.weft.runtime.socks;

import dev.weft.netstack.channel.ConnectProhibitedException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;

/// Why a connection could not be opened, as the proxies can tell their clients (RFC 1928 §6; RFC
/// 9110 §15.6).
enum DialFailure {
  NOT_ALLOWED(Socks5CommandStatus.FORBIDDEN, 403, "not allowed by policy"),
  NETWORK_UNREACHABLE(Socks5CommandStatus.NETWORK_UNREACHABLE, 502, "network unreachable"),
  UNKNOWN_HOST(Socks5CommandStatus.HOST_UNREACHABLE, 502, "unknown host"),
  HOST_UNREACHABLE(Socks5CommandStatus.HOST_UNREACHABLE, 502, "host unreachable"),
  REFUSED(Socks5CommandStatus.CONNECTION_REFUSED, 502, "connection refused"),
  TIMED_OUT(Socks5CommandStatus.TTL_EXPIRED, 504, "connection timed out"),
  GENERAL(Socks5CommandStatus.FAILURE, 502, "connection failed");

  private final byte socksStatus;
  private final int httpStatus;
  private final String text;

  DialFailure(Socks5CommandStatus socksStatus, int httpStatus, String text) {
    this.socksStatus = socksStatus.byteValue();
    this.httpStatus = httpStatus;
    this.text = text;
  }

  Socks5CommandStatus socksStatus() {
    return Socks5CommandStatus.valueOf(socksStatus);
  }

  int httpStatus() {
    return httpStatus;
  }

  String text() {
    return text;
  }

  static DialFailure of(Throwable cause) {
    return switch (cause) {
      case ConnectTimeoutException _, SocketTimeoutException _ -> TIMED_OUT;
      case UnknownHostException _ -> UNKNOWN_HOST;
      case ConnectProhibitedException _ -> NOT_ALLOWED;
      case NoRouteToHostException e -> says(e, "network") ? NETWORK_UNREACHABLE : HOST_UNREACHABLE;
      case ConnectException e -> ofText(e);
      case SecurityException _ -> NOT_ALLOWED;
      default -> GENERAL;
    };
  }

  /// The kernel's word reaches us as the text of a `ConnectException`, whatever it was.
  private static DialFailure ofText(ConnectException e) {
    if (says(e, "timed out")) {
      return TIMED_OUT;
    }
    if (says(e, "network is unreachable")) {
      return NETWORK_UNREACHABLE;
    }
    return says(e, "no route") || says(e, "unreachable") ? HOST_UNREACHABLE : REFUSED;
  }

  private static boolean says(Exception e, String words) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains(words);
  }
}
