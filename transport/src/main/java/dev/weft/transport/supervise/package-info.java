/// How a program tells the service manager that started it how it is: `sd_notify(3)`.
///
/// [dev.weft.transport.supervise.Supervisor] is the entry. Where no manager listens, all of it does
/// nothing. The messages are datagrams to the socket that `NOTIFY_SOCKET` names, a path or, with a
/// leading `@`, an abstract name. With `WATCHDOG_USEC` set, the manager kills a program that stays
/// silent: the sign of life is sent only when every event loop that carries the work has run
/// something since the last one, so a loop that is stuck is a program that is silent.
///
/// The caller supplies the environment, the loops, and the words for a status. Nothing here decides
/// what is healthy beyond that.
@NullMarked
package dev.weft.transport.supervise;

import org.jspecify.annotations.NullMarked;
