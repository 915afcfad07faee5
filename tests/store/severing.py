"""A wire to PostgreSQL that breaks when a word has passed: before or after the server got it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


@contextmanager
def severed_at(word: bytes, *, delivered: bool, port: int) -> Iterator[int]:
    """A port that leads to `port` on the loopback until a client sends `word`; then the client is cut off.

    Args:
        delivered: whether the server still gets the word, and carries it out.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_serve, args=(listening, word, delivered, port), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _serve(listening: socket.socket, word: bytes, delivered: bool, port: int) -> None:  # noqa: FBT001 - a thread's arguments
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            back = Thread(target=_pass_on, args=(server, client), daemon=True)
            back.start()
            while (data := client.recv(65_536)) and word not in data:
                server.sendall(data)
            client.shutdown(socket.SHUT_RDWR)
            if data and delivered:
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)  # it finishes what it got, then hangs up
            back.join(10)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65_536):
        try:
            target.sendall(data)
        except OSError:
            continue  # the client is gone: read on, so that the server can finish
