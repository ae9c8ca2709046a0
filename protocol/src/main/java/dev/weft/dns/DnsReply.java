package dev.weft.dns;

import dev.weft.base.Ip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a resolver answered.
///
/// @param truncated the answers did not fit: they are to be had over TCP
/// @param responseCode 0 is success, 3 that there is no such name
/// @param question what the reply says it answers; empty when that is of a type without a name here
public record DnsReply(
    int id,
    boolean truncated,
    int responseCode,
    Optional<DnsQuestion> question,
    List<Answer> answers) {
  public static final int SUCCESS = 0;
  public static final int SERVER_FAILURE = 2;
  public static final int NAME_ERROR = 3;
  public static final int NOT_IMPLEMENTED = 4;
  public static final int REFUSED = 5;

  /// As long as the peer's resolver lets its answers be kept.
  private static final int TTL_SECONDS = 600;

  private static final int RESPONSE = 0x8000;
  private static final int AUTHORITATIVE = 0x0400;
  private static final int TRUNCATED = 0x0200;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int RESPONSE_CODE = 0x000f;
  private static final int NAME_OF_THE_QUESTION = 0xc00c;

  /// A record of the answer section.
  ///
  /// @param type as on the wire; see [DnsType#ofCode]
  /// @param body the record's data as people write it
  public record Answer(String name, long ttl, int recordClass, int type, String body) {}

  public DnsReply {
    answers = List.copyOf(answers);
  }

  /// The bytes of an answer with these addresses, of the type that was asked for; with none it says
  /// that the name is there and has none.
  public static byte[] encode(int id, DnsQuestion question, List<Ip> addresses) {
    DnsWriter out = head(id, question, SUCCESS, addresses.size());
    for (Ip address : addresses) {
      byte[] bytes = address.toBytes();
      record(out, address.isV4() ? DnsType.A : DnsType.AAAA, bytes.length);
      out.bytes(bytes);
    }
    return out.toArray();
  }

  /// The bytes of an answer to a reverse look-up.
  ///
  /// @param name with its final dot
  public static byte[] encodePointer(int id, DnsQuestion question, String name) {
    DnsWriter out = head(id, question, SUCCESS, 1);
    record(out, DnsType.PTR, DnsWriter.nameLength(name));
    out.name(name);
    return out.toArray();
  }

  /// The bytes of a refusal.
  public static byte[] encodeError(int id, DnsQuestion question, int responseCode) {
    return head(id, question, responseCode, 0).toArray();
  }

  private static DnsWriter head(int id, DnsQuestion question, int responseCode, int answers) {
    DnsWriter out = new DnsWriter();
    out.int16(id);
    out.int16(RESPONSE | AUTHORITATIVE | RECURSION_DESIRED | RECURSION_AVAILABLE | responseCode);
    out.int16(1);
    out.int16(answers);
    out.int16(0);
    out.int16(0);
    question.write(out);
    return out;
  }

  private static void record(DnsWriter out, DnsType type, int length) {
    out.int16(NAME_OF_THE_QUESTION);
    out.int16(type.code());
    out.int16(DnsQuestion.CLASS_IN);
    out.int32(TTL_SECONDS);
    out.int16(length);
  }

  /// Reads a reply; empty when the bytes are none.
  public static Optional<DnsReply> parse(byte[] message) {
    DnsReader in = new DnsReader(message);
    int id = in.int16();
    int flags = in.int16();
    int questions = in.int16();
    int count = in.int16();
    in.int32(); // authority and additional records
    Optional<DnsQuestion> question = Optional.empty();
    for (int i = 0; i < questions && !in.isMalformed(); i++) {
      String name = in.name();
      int type = in.int16();
      in.int16();
      if (i == 0) {
        question = DnsType.ofCode(type).flatMap(known -> DnsQuestion.of(name, known));
      }
    }
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < count && !in.isMalformed(); i++) {
      answers.add(answer(in));
    }
    return in.isMalformed() || (flags & RESPONSE) == 0
        ? Optional.empty()
        : Optional.of(
            new DnsReply(id, (flags & TRUNCATED) != 0, flags & RESPONSE_CODE, question, answers));
  }

  private static Answer answer(DnsReader in) {
    String name = in.name();
    int type = in.int16();
    int recordClass = in.int16();
    long ttl = in.int32();
    int length = in.int16();
    int end = in.position() + length;
    String body = DnsBody.read(in, DnsType.ofCode(type).orElse(null), length);
    in.moveTo(end);
    return new Answer(name, ttl, recordClass, type, body);
  }
}
