package dev.weft.control.tailnet;

import dev.weft.tailcfg.DerpMap;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is decided about a tailnet before it starts.
///
/// @param domain the MagicDNS suffix, such as `home.weft`
/// @param url how clients reach this control plane; login pages are below it
/// @param derpMap the relays that nodes are told of
/// @param ephemeralTimeout how long an ephemeral node may be offline before it is removed
/// @param keyExpiry how long a login of a user's node lasts; absent means forever
public record TailnetConfig(
    String domain,
    String url,
    DerpMap derpMap,
    Duration ephemeralTimeout,
    @Nullable Duration keyExpiry) {

  public TailnetConfig {
    domain = domain.toLowerCase(Locale.ROOT);
  }

  String fqdn(RegisteredNode node) {
    return node.givenName() + "." + domain + ".";
  }
}
