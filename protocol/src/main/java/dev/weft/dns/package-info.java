/// DNS messages, as far as a node answers and asks for them itself: one question, and the answers
/// to it.
///
/// [DnsQuestion] is what is asked and makes the bytes of a query; [DnsReply] reads what comes back
/// and makes the bytes of answers that the node gives from its own knowledge. Both directions are
/// pure. What a server sends never throws: [DnsReply#parse] is empty for what is no reply. Memory
/// is bounded by the message, which has 64 KiB at most; compression pointers only lead backwards,
/// so that no name loops.
///
/// Transport, retries and whom to ask are the caller's; so is comparing the question that a reply
/// repeats with the one that was asked.
///
/// Specification: RFC 1035 §3 and §4; RFC 2782 (SRV); RFC 3596 (AAAA).
@NullMarked
package dev.weft.dns;

import org.jspecify.annotations.NullMarked;
