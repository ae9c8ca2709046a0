#!/usr/bin/env python3
"""One TCP stream, as fast as it goes: the driver of the data-path benchmarks, the same for each contender.

bulk.py sink PORT                                   on 127.0.0.1: takes what comes, or sends for as long as it is asked
bulk.py run HOST PORT up|down SECONDS [PROXY_PORT] [--pids PID,PID]
                                                    straight, or through the SOCKS5 proxy on 127.0.0.1:PROXY_PORT
`run` prints one JSON line: Gbit/s as the receiver counts it, CPU seconds per GB (10^9 bytes) of the processes
in --pids, how much of the machine's cores was idle, and the peak resident memory of each process in MB. The ramp of
the connection is in it.
"""
import json, os, socket, struct, sys, threading, time

CHUNK = 1 << 18
MORE = bytes(CHUNK)
LAST = b"\xff" + bytes(CHUNK - 1)  # no half close at the end: the official client closes both directions then
TICKS = os.sysconf("SC_CLK_TCK")


def receive(s):
    buffer, total, end, first, last = bytearray(CHUNK), 0, None, None, 0.0
    while total != end:
        n = s.recv_into(buffer)
        last = time.monotonic()
        if n == 0:
            raise SystemExit(f"bulk.py: the stream ended early after {total} bytes")
        first = first or last
        start = -total % CHUNK  # where in the buffer a chunk begins
        if start < n and buffer[start] == 0xFF:
            end = total + start + CHUNK
        total += n
    return total, last - (first or last)


def send(s, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        s.sendall(MORE)
    s.sendall(LAST)


def exactly(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise SystemExit(f"bulk.py: the connection ended early after {len(data)} of {n} bytes")
        data += more
    return data


def serve(s):
    with s:
        try:
            direction, seconds = struct.unpack("!cd", exactly(s, 9))
            if direction == b"u":
                s.sendall(struct.pack("!Qd", *receive(s)))
            else:
                send(s, seconds)
                exactly(s, 1)
        except (OSError, SystemExit):
            pass


def sink(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=16)
    while True:
        s, _ = listener.accept()
        threading.Thread(target=serve, args=(s,), daemon=True).start()


def connect(host, port, proxy):
    if proxy is None:
        return socket.create_connection((host, port), timeout=20)
    s = socket.create_connection(("127.0.0.1", proxy), timeout=20)
    s.sendall(b"\x05\x01\x00")
    exactly(s, 2)
    s.sendall(b"\x05\x01\x00\x01" + socket.inet_aton(host) + struct.pack("!H", port))
    if exactly(s, 10)[1] != 0:
        raise SystemExit("bulk.py: the proxy refused")
    return s


def cpu(pids):
    total = 0
    for pid in pids:
        fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def machine():
    """Idle and all ticks of the machine's cores."""
    fields = [int(f) for f in open("/proc/stat").readline().split()[1:9]]
    return fields[3] + fields[4], sum(fields)


def peak(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024)
    return 0


def run(host, port, direction, seconds, proxy, pids):
    s = connect(host, port, proxy)
    s.settimeout(seconds + 30)
    before = cpu(pids)
    idle_before, all_before = machine()
    s.sendall(struct.pack("!cd", direction[0].encode(), seconds))
    if direction == "up":
        send(s, seconds)
        total, took = struct.unpack("!Qd", exactly(s, 16))
    else:
        total, took = receive(s)
        s.sendall(b".")
    used = cpu(pids) - before
    idle, ticks = machine()
    s.close()
    print(json.dumps({
        "gbit": round(total * 8 / took / 1e9, 3),
        "cpu_per_gb": round(used / (total / 1e9), 2),
        "idle_pct": round(100 * (idle - idle_before) / max(1, ticks - all_before)),
        "peak_mb": [peak(p) for p in pids],
    }))


if __name__ == "__main__":
    a = sys.argv[1:]
    pids = []
    if "--pids" in a:
        at = a.index("--pids")
        pids = [int(p) for p in a[at + 1].split(",")]
        del a[at:at + 2]
    if a[:1] == ["sink"] and len(a) == 2:
        sink(int(a[1]))
    elif a[:1] == ["run"] and len(a) in (5, 6):
        run(a[1], int(a[2]), a[3], float(a[4]), int(a[5]) if len(a) == 6 else None, pids)
    else:
        raise SystemExit(__doc__)
