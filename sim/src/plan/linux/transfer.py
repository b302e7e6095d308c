"""Sends or receives what a lab calls Tcp and Udp. Usage; a limit that is none is `-`:

    transfer.py tcp-sink|udp-sink PORT UP OVER   makes the file UP when it listens, ends when there is a file OVER
    transfer.py tcp TO PORT BYTES SECONDS
    transfer.py udp TO PORT COUNT SECONDS EVERY SIZE
"""
import os
import socket
import struct
import sys
import threading
import time

# Linux itself repeats unanswered data for a quarter of an hour; nobody waits for that here.
PATIENCE = 20


def limit(text):
    return float("inf") if text == "-" else float(text)


def tcp(to, port, most, seconds):
    """Writes, closes, and waits until the other end has closed too."""
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PATIENCE * 1000)
    written, end, why = 0, time.monotonic() + limit(seconds), "closed"
    try:
        line.connect((to, int(port)))
        while written < limit(most) and time.monotonic() < end:
            written += line.send(bytes(int(min(limit(most) - written, 65536))))
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass
    except OSError as error:
        why = error.strerror or str(error)
    # `tcpi_bytes_acked` (linux/tcp.h) counts the SYN and the FIN as a byte each.
    info = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    (known,) = struct.unpack_from("Q", info, 120)
    print(f"{written} bytes written, {min(max(known - 1, 0), written)} acknowledged: {why}")


def udp(to, port, count, seconds, every, size):
    """Sends datagrams at a steady pace; each begins with its number."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    most = 1 if (count, seconds) == ("-", "-") else limit(count)
    every, size, begin, sent, refused = float(every), int(size), time.monotonic(), 0, []
    while sent < most and sent * every < limit(seconds):
        time.sleep(max(0, begin + sent * every - time.monotonic()))
        sent += 1
        try:
            line.sendto(struct.pack(">Q", sent).ljust(size, b"\0")[:size], (to, int(port)))
        except OSError as error:
            refused.append(error.strerror or str(error))
    print(f"{sent} datagrams sent" + "".join(f", {refused.count(why)} {why}" for why in sorted(set(refused))))


def listen(line, up, over, take):
    """Takes what comes until it is over."""
    line.settimeout(0.05)
    open(up, "w").close()
    while not os.path.exists(over):
        try:
            take()
        except TimeoutError:
            pass


def tcp_sink(port, up, over):
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    line.bind(("", int(port)))
    line.listen()
    heard = []

    def hear(caller, count):
        with caller:
            while data := caller.recv(65536):
                count[1] += len(data)

    def take():
        caller, (address, _) = line.accept()
        caller.settimeout(None)
        heard.append([address, 0])
        threading.Thread(target=hear, args=(caller, heard[-1]), daemon=True).start()

    listen(line, up, over, take)
    for address, count in heard:
        print(f"{count} bytes from {address}")


def udp_sink(port, up, over):
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("", int(port)))
    heard = {}

    def take():
        data, (address, _) = line.recvfrom(65536)
        count, size = heard.get(address, (0, 0))
        heard[address] = (count + 1, size + len(data))

    listen(line, up, over, take)
    for address, (count, size) in heard.items():
        print(f"{count} datagrams, {size} bytes from {address}")


KINDS = {"tcp": tcp, "udp": udp, "tcp-sink": tcp_sink, "udp-sink": udp_sink}
KINDS[sys.argv[1]](*sys.argv[2:])
