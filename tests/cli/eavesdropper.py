"""A server on loopback that asks whoever connects for a password in clear text, and remembers it."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

_SSL, _GSS = 80877103, 80877104


@dataclass
class Eavesdropper:
    """The port it listens on, and what it was told."""

    port: int
    startups: list[bytes] = field(default_factory=list)
    passwords: list[bytes] = field(default_factory=list)


@contextmanager
def eavesdropper() -> Iterator[Eavesdropper]:
    """One that listens while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = Eavesdropper(server.getsockname()[1])
        thread = Thread(target=_listen, args=(server, heard))
        thread.start()
        yield heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _listen(server: socket.socket, heard: Eavesdropper) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            while True:
                packet = client.recv(struct.unpack("!I", client.recv(4))[0] - 4)
                if struct.unpack("!I", packet[:4])[0] not in (_SSL, _GSS):
                    break
                client.sendall(b"N")
            heard.startups.append(packet[4:])
            client.sendall(b"R" + struct.pack("!II", 8, 3))
            if told := client.recv(500):
                heard.passwords.append(told[5:].rstrip(b"\0"))
