/// The way out through an HTTP proxy, where this machine has one: `HTTPS_PROXY` and its kin.
///
/// [ProxySettings] says, from the environment, which connections go through which [HttpProxy];
/// [ProxyTunnel] asks a proxy for a connection (`CONNECT`) on a channel that leads to it. What a
/// proxy answers is bounded in length and time, and is believed in nothing but whether it connects:
/// what goes through is TLS or Noise to the other end.
///
/// The caller connects channels to proxies, and supplies whom to trust about their names. User and
/// password of a proxy are sent to that proxy and stand in no text.
///
/// Every scheme goes through `CONNECT`; the original sends plain `http` requests to a proxy whole,
/// which no upgrade survives.
@NullMarked
package dev.weft.transport.proxy;

import org.jspecify.annotations.NullMarked;
