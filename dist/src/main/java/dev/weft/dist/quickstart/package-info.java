/// `weft quickstart`: a whole tailnet on one machine, without root or an account.
///
/// Owns the state folder: the control plane and the relay run in this process, two nodes as child
/// processes with state of their own, restarted when they die and ended with their parent. The
/// caller supplies arguments and two streams. It makes no decision about the protocols; everything
/// it does, a user can do by hand with the other commands.
@NullMarked
package dev.weft.dist.quickstart;

import org.jspecify.annotations.NullMarked;
