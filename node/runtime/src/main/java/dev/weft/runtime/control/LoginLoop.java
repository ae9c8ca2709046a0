package dev.weft.runtime.control;

import dev.weft.base.Entropy;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/// Brings about the login that is wanted, for as long as it is.
final class LoginLoop implements Loop.Step {
  private final Standing standing;
  private final Registration registration;
  private final Connector connector;
  private final Teller teller;
  private final Runnable onRenewed;
  private final Patience patience;

  LoginLoop(
      Standing standing,
      Registration registration,
      Connector connector,
      Teller teller,
      Runnable onRenewed,
      Entropy entropy) {
    this.standing = standing;
    this.registration = registration;
    this.connector = connector;
    this.teller = teller;
    this.onRenewed = onRenewed;
    this.patience = new Patience(entropy);
  }

  @Override
  public void run() throws InterruptedException {
    Standing.@Nullable LoginWork work = standing.awaitLogin();
    if (work != null) {
      attempt(work);
    }
  }

  @Override
  public void interrupted() {
    patience.reset();
  }

  private void attempt(Standing.LoginWork work) throws InterruptedException {
    try {
      Registration.Goal goal = work.goal();
      switch (registration.attempt(goal, work.report().hostinfo())) {
        case Registration.Result.Done done -> finish(goal, done);
        case Registration.Result.Visit visit -> visit(goal, visit);
      }
    } catch (InterruptedIOException _) {
      throw new InterruptedException();
    } catch (SilenceException e) {
      connector.suspect(e);
      if (work.goal().followup().isEmpty()) {
        teller.problem(e);
      } // else the user has not been there yet
      standing.rest(patience.next());
    } catch (IOException e) {
      teller.problem(e);
      boolean turnedDown = e instanceof ControlException known && known.needsUser();
      if (turnedDown && !work.goal().followup().isEmpty()) {
        // The page that it went on from leads nowhere any more.
        standing.giveUp(work.goal());
      } else {
        standing.rest(patience.after(e));
      }
    }
  }

  private void finish(Registration.Goal goal, Registration.Result.Done done) {
    patience.reset();
    teller.recovered();
    if (!standing.wants(goal)) {
      return; // what is wanted now decides
    }
    // Before the map stream may begin: its maps come after these.
    teller.nodeKey(done.key());
    teller.login(new LoginState.LoggedIn(done.user(), done.login()));
    boolean renewed = standing.isLoggedIn();
    if (standing.advance(goal, null) && renewed) {
      onRenewed.run();
    }
  }

  private void visit(Registration.Goal goal, Registration.Result.Visit visit)
      throws InterruptedException {
    teller.recovered();
    boolean first = goal.followup().isEmpty();
    boolean same = visit.url().equals(goal.followup());
    if (standing.advance(goal, visit.next()) && !same) {
      teller.login(new LoginState.AwaitingUser(visit.url()));
    }
    if (!first) {
      // The server says "still waiting", or names another page, at once instead of holding on.
      standing.rest(patience.next());
    }
  }
}
