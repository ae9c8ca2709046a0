/// The cipher work of an engine: at once on the loop, or, when it is told so, large batches beside
/// it.
///
/// [BatchCipher][dev.weft.runtime.cipher.BatchCipher] is the entry. It does what
/// [dev.weft.engine.NodeCore.Output] asks for by `seal` and `open`: seals into memory that the UDP
/// socket sends from, opens from where the socket received.
///
/// With `-Dweft.cipher.beside=true` there are two lanes, one for each direction: a thread with a
/// bounded queue. They are for machines that have cores to spare, and off unless asked for
/// (`docs/adr/0008-cipher-on-the-loop.md`). A batch that is large enough goes to its lane and comes
/// back to the loop when it is done; a small one is done at once. While a key has batches in a
/// lane, everything of that key follows through the lane, so results of one key keep their order
/// and a key is used by one thread at a time. When a queue is full the loop waits until its oldest
/// batch is done, which is as long as doing the batch itself would have taken: nothing is dropped,
/// nothing grows. What a lane needs (memory for the batches, both ways) is made once and used
/// again.
///
/// The caller supplies the loop and what to do with the results. Nothing here knows paths, sessions
/// or packets.
@NullMarked
package dev.weft.runtime.cipher;

import org.jspecify.annotations.NullMarked;
