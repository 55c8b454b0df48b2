"""A name server on loopback that knows one name, as Docker's does: an address for each process that runs."""

import socket
import struct
import threading

HEADER = struct.Struct("!HHHHHH")
ANSWER = struct.Struct("!HHHLH4s")
A, IN, SECONDS = 1, 1, 0
AT_THE_QUESTION = 0xC00C
FOUND, NO_SUCH_NAME = 0x8180, 0x8183


class Names:
    def __init__(self, name: str) -> None:
        self._name = name
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"udp/127.0.0.1:{self._socket.getsockname()[1]}"
        self.found: list[str] = []
        """What the name stands for at this moment."""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """An empty question ends the thread."""
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, client = self._socket.recvfrom(512)
            if not question:
                return
            self._socket.sendto(self.answer(question), client)

    def answer(self, question: bytes) -> bytes:
        number = HEADER.unpack_from(question)[0]
        end, labels = HEADER.size, []
        while length := question[end]:
            labels.append(question[end + 1 : end + 1 + length].decode())
            end += 1 + length
        kind = struct.unpack_from("!H", question, end + 1)[0]
        is_known = ".".join(labels).lower() == self._name
        found = self.found if is_known and kind == A else []
        rows = [ANSWER.pack(AT_THE_QUESTION, A, IN, SECONDS, 4, socket.inet_aton(one)) for one in found]
        head = HEADER.pack(number, FOUND if is_known else NO_SUCH_NAME, 1, len(rows), 0, 0)
        return head + question[HEADER.size : end + 5] + b"".join(rows)
