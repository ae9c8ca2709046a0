package dev.weft.runtime.backend;

import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.LoginProfile.NetworkProfile;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.json.JsonTypes;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.LocalProfiles;
import dev.weft.tailcfg.UserProfile;
import java.util.List;

/// The logins of a running node, as programs of its machine see and change them.
final class Profiles implements LocalProfiles {
  private final BackendShell shell;

  Profiles(BackendShell shell) {
    this.shell = shell;
  }

  @Override
  public List<LoginProfile> all() {
    return shell.snapshot().profiles();
  }

  @Override
  public LoginProfile current() {
    BackendShell.Snapshot now = shell.snapshot();
    return now.profiles().stream()
        .filter(profile -> profile.id().equals(now.profileId()))
        .findFirst()
        .orElseGet(() ->
            new LoginProfile(
                "",
                "",
                new NetworkProfile("", "", ""),
                "",
                UserProfile.builder().build(),
                "",
                now.prefs().controlUrl(),
                JsonTypes.ZERO_TIME));
  }

  @Override
  public void begin() throws BackendException {
    shell.changeLogin(book -> book.change("", fresh()));
  }

  @Override
  public void use(String id) throws BackendException {
    check(id);
    if (!id.equals(shell.snapshot().profileId())) {
      shell.changeLogin(book -> book.change(id, fresh()));
    }
  }

  @Override
  public void delete(String id) throws BackendException {
    check(id);
    if (id.equals(shell.snapshot().profileId())) {
      shell.changeLogin(book -> book.deleteCurrent(fresh()));
    } else {
      shell.forgetLogin(id);
    }
  }

  private void check(String id) throws BackendException {
    if (all().stream().noneMatch(profile -> profile.id().equals(id))) {
      throw new BackendException("profile not found");
    }
  }

  /// Whom root has named as the operator of the node stays that: a login is the node's, and its
  /// settings are the login's.
  private Prefs fresh() {
    return Prefs.defaults()
        .with(Pref.LOGGED_OUT, true)
        .with(Pref.OPERATOR_USER, shell.snapshot().prefs().operatorUser());
  }
}
