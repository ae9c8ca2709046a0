#!/usr/bin/env python3
"""One TCP stream whose rate or pauses are watched: the driver of lossy-tcp.sh and key-rotation.sh.

stream.py serve ADDRESS PORT [CONTROL]       sends without end to one who says "t", echoes to one who says "e";
                                             CONTROL is the congestion control of the kernel's TCP
stream.py take HOST PORT SECONDS [PROXY]     prints the Mbit/s that arrive in SECONDS, the ramp in it
stream.py pulse HOST PORT SECONDS [PROXY]    sends 1 KB each 10 ms; prints the longest time without an answer and the
                                             longest round trip, in ms, then each pause above 100 ms as AT:LENGTH
PROXY is the port of a SOCKS5 proxy on 127.0.0.1.
"""
import socket, struct, sys, threading, time

PIECE = bytes(1 << 16)
PULSE = 1024


def exactly(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise SystemExit("stream.py: the connection ended early")
        data += more
    return data


def connect(host, port, proxy):
    s = socket.create_connection((host if proxy is None else "127.0.0.1", port if proxy is None else proxy), timeout=60)
    if proxy is not None:
        s.sendall(b"\x05\x01\x00")
        exactly(s, 2)
        s.sendall(b"\x05\x01\x00\x01" + socket.inet_aton(host) + struct.pack("!H", port))
        if exactly(s, 10)[1] != 0:
            raise SystemExit("stream.py: the proxy refused")
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def answer(s):
    with s:
        try:
            if exactly(s, 1) == b"t":
                while True:
                    s.sendall(PIECE)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while more := s.recv(1 << 16):
                s.sendall(more)
        except (OSError, SystemExit):
            pass


def serve(address, port, control=None):
    listener = socket.create_server((address, port), backlog=64)
    if control:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, control.encode())
    while True:
        s, _ = listener.accept()
        threading.Thread(target=answer, args=(s,), daemon=True).start()


def take(host, port, seconds, proxy):
    s = connect(host, port, proxy)
    s.sendall(b"t")
    start, total = time.monotonic(), 0
    while (left := start + seconds - time.monotonic()) > 0:
        s.settimeout(left)
        try:
            more = s.recv(1 << 18)
        except TimeoutError:
            break
        if not more:
            raise SystemExit("stream.py: the connection ended early")
        total += len(more)
    print(f"{total * 8 / seconds / 1e6:.3f}")


def pulse(host, port, seconds, proxy):
    s = connect(host, port, proxy)
    s.settimeout(60)
    s.sendall(b"e")
    start = time.monotonic()
    done = threading.Event()

    def send():
        due = start
        while not done.is_set() and due - start < seconds:
            s.sendall(struct.pack("!d", time.monotonic()) + bytes(PULSE - 8))
            due += 0.01
            time.sleep(max(0, due - time.monotonic()))
        s.shutdown(socket.SHUT_WR)

    threading.Thread(target=send, daemon=True).start()
    last, longest, slowest, pauses, buffer = start, 0.0, 0.0, [], b""
    while last - start < seconds - 1:
        more = s.recv(1 << 16)
        now = time.monotonic()
        if not more:
            raise SystemExit("stream.py: the connection ended early")
        if now - last > 0.1:
            pauses.append(f"{last - start:.1f}s:{(now - last) * 1000:.0f}")
        longest, last = max(longest, now - last), now
        buffer += more
        while len(buffer) >= PULSE:
            slowest = max(slowest, now - struct.unpack("!d", buffer[:8])[0])
            buffer = buffer[PULSE:]
    done.set()
    print(f"{longest * 1000:.0f} {slowest * 1000:.0f}", *pauses)


if __name__ == "__main__":
    a = sys.argv[1:]
    if a[:1] == ["serve"] and len(a) in (3, 4):
        serve(a[1], int(a[2]), *a[3:])
    elif a[:1] in (["take"], ["pulse"]) and len(a) in (4, 5):
        run = take if a[0] == "take" else pulse
        run(a[1], int(a[2]), float(a[3]), int(a[4]) if len(a) == 5 else None)
    else:
        raise SystemExit(__doc__)
