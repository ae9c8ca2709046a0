package dev.weft.control;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.text;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.keys.NodeKey;

/// `POST /verify`: how a relay asks whether it may serve a node (`docs/protocol/control.md` §3.2).
final class DerpAdmission {
  private DerpAdmission() {}

  record Request(NodeKey node) {
    static final JsonType<Request> JSON =
        ObjectType.<Request, NodeKey[]>of(
                () -> new NodeKey[] {NodeKey.ZERO}, key -> new Request(key[0]))
            .always(
                "NodePublic",
                text(NodeKey::parse, NodeKey::toString),
                Request::node,
                (target, key) -> target[0] = key)
            .build();
  }

  record Response(boolean allow) {
    static final JsonType<Response> JSON =
        ObjectType.<Response, boolean[]>of(() -> new boolean[1], allow -> new Response(allow[0]))
            .always("Allow", BOOL, Response::allow, (target, allow) -> target[0] = allow)
            .build();
  }
}
