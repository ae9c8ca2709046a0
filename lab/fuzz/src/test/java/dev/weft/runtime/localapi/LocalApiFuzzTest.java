package dev.weft.runtime.localapi;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.fuzz.Script;
import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A program of the machine at the daemon's socket, from the bytes to the answer, with each right.
final class LocalApiFuzzTest {
  private static final int MAX_BODY = 256 << 10;

  @FuzzTest
  void anyRequestHasAnAnswer(byte[] input) {
    Script script = new Script(input);
    Access access = script.u8() % 3 == 0 ? Access.READ_ONLY : Access.FULL;
    int piece = 1 + script.u16();
    byte[] stream = script.rest();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpServerCodec(),
            new HttpObjectAggregator(MAX_BODY),
            new Answering(new LocalApi(backend()), access));
    for (int at = 0; at < stream.length && channel.isOpen(); at += piece) {
      int end = Math.min(stream.length, at + piece);
      channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(stream, at, end)));
      channel.releaseOutbound();
    }
    channel.finishAndReleaseAll();
  }

  /// What [Connection] does with a request, on this thread.
  private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final LocalApi api;
    private final Access access;

    Answering(LocalApi api, Access access) {
      this.api = api;
      this.access = access;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (isOfTheClient(cause)) {
        context.close();
      } else {
        context.fireExceptionCaught(cause);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message)
        throws InterruptedException {
      if (!message.decoderResult().isSuccess()) {
        context.close();
        return;
      }
      Request request;
      try {
        request = Connection.decode(message);
      } catch (IllegalArgumentException _) {
        return; // refused as a bad request
      }
      if (api.answer(request, access) instanceof Answer.Full full) {
        assertTrue(full.status() >= 200 && full.status() < 600);
        full.headers().values().forEach(LocalApiFuzzTest::isOneLine);
        isOneLine(full.contentType());
      }
    }
  }

  /// As a [Connection]: a request that breaks off or is too long ends with it. Everything else is
  /// ours.
  private static boolean isOfTheClient(Throwable cause) {
    return cause instanceof CodecException || cause instanceof PrematureChannelClosureException;
  }

  private static void isOneLine(String header) {
    assertTrue(header.indexOf('\r') < 0 && header.indexOf('\n') < 0, "a header of two lines");
  }

  /// A node that knows nothing and takes everything. Made by reflection: what a node answers does
  /// not matter here, and the target need not change with every question that is added.
  private static LocalBackend backend() {
    return (LocalBackend) face(LocalBackend.class);
  }

  private static Object face(Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> answer(method));
  }

  private static Object answer(Method method) throws BackendException, MalformedJson {
    Class<?> type = method.getReturnType();
    if (type == String.class) {
      return method.getName().equals("serveConfig") ? "null" : "0.1.0";
    } else if (type == Optional.class) {
      return Optional.empty();
    } else if (type == boolean.class) {
      return false;
    } else if (type == void.class) {
      return null;
    } else if (type == Prefs.class) {
      return Prefs.defaults();
    } else if (type == Status.class) {
      return Status.builder().version("0.1.0").build();
    }
    if (Arrays.asList(method.getExceptionTypes()).contains(BackendException.class)) {
      throw new BackendException("a node that cannot");
    }
    if (type == LocalDns.class || type == LocalProfiles.class) {
      return face(type);
    } else if (type == List.class) {
      return List.of();
    } else if (type == LoginProfile.class) {
      return Json.decode(LoginProfile.JSON, "{}");
    }
    throw new UnsupportedOperationException(method.getName());
  }
}
