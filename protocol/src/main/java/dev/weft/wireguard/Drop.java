package dev.weft.wireguard;

/// Why something was dropped. Each reason has a counter and nothing else: no log, no answer.
public enum Drop {
  /// Not a type and size of WireGuard.
  UNKNOWN_MESSAGE,
  /// The first MAC is wrong: not meant for us, or damaged.
  BAD_MAC1,
  /// Under load and without a valid cookie; a cookie reply was sent.
  COOKIE_REQUIRED,
  /// Under load and above 20 handshakes a second from one host.
  RATE_LIMITED,
  /// A handshake message that does not decrypt.
  BAD_HANDSHAKE,
  /// A valid initiation from a key that is no peer.
  UNKNOWN_KEY,
  /// An initiation that is not newer than the last from that peer.
  REPLAYED_INITIATION,
  /// Initiations of one peer closer than 20 ms.
  INITIATION_FLOOD,
  /// A response or cookie reply to nothing we sent.
  UNSOLICITED,
  /// A transport message for no session of ours.
  UNKNOWN_INDEX,
  /// A transport message for a session that is too old.
  SESSION_EXPIRED,
  /// A transport message that does not authenticate.
  BAD_TRANSPORT,
  /// A counter seen before or below the window.
  REPLAYED_COUNTER,
  /// What was inside is not an IP packet.
  BAD_INNER_PACKET,
  /// The inner source is not among the peer's allowed IPs.
  BAD_INNER_SOURCE,
  /// An outbound packet for a peer that does not exist.
  UNKNOWN_PEER,
  /// An outbound packet pushed out of the queue while waiting for a handshake.
  STAGED_OVERFLOW,
  /// An outbound packet that waited for a handshake that never completed.
  STAGED_EXPIRED
}
