package dev.weft.runtime.control;

import dev.weft.keys.NodePrivateKey;

/// What a [ControlClient] tells. Called on its threads, one call at a time, in order; a slow
/// consumer slows the map stream down and nothing else.
public interface ControlEvents {
  /// Control has said something new. Each map is whole.
  void onNetworkMap(NetworkMap map);

  /// The login has come to another state.
  void onLogin(LoginState state);

  /// Control has accepted a node key; it is saved. Comes before `LoggedIn`, at each log-in.
  void onNodeKey(NodePrivateKey key);

  /// Control does not answer, or refuses. Repeated when the message changes; `since` stays.
  void onProblem(ControlProblem problem);

  /// Control answers again.
  void onRecovered();

  /// Control asks for a page to be shown to the user.
  default void onBrowse(String url) {}
}
