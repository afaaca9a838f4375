"""Slow clients (慢速连接): whoever sends a byte a second is cut off and frees the place.

Two limits. A head must be whole within some seconds of the connection, and what is sent after an
answer that did not want it is borne as long (`PatientProtocol`). A body must come at
`LEAST_BYTES_A_SECOND` at least, after a first allowance (`paced`): then it is answered 408 with a
sentence. Clients that do not read their answers are the proxy's.
"""

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS, BODY_SECONDS, LEAST_BYTES_A_SECOND = 20, 60, 2_000
TOO_SLOW, SAID = 408, "网络太慢，文件没有收全，请换个时间或换条线路再传一次。"
_BODY = SAID.encode()
_ANSWER = (b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\n"
           b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(_BODY)) + _BODY


def paced(receive: Receive) -> Receive:
    """Return what receives the body of a request and raises 408 once it comes too slowly."""
    begun, size, whole = time.monotonic(), 0, False

    async def received() -> Message:
        nonlocal size, whole
        if whole:
            return await receive()
        left = begun + BODY_SECONDS + size / LEAST_BYTES_A_SECOND - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), left)  # none is left: at once
        except TimeoutError:
            raise HTTPException(TOO_SLOW) from None
        size += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message

    return received


class PatientProtocol(H11Protocol):
    """The server's side of a connection, whose patience with a client's heads has an end."""

    _until: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def handle_events(self) -> None:
        """Take in what has come; a whole head ends the waiting."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_more()

    def on_response_complete(self) -> None:
        """Begin to wait for the next head, or for the end of a body that was not wanted."""
        if not self.transport.is_closing():
            self._wait()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._wait_no_more()
        self._until = self.loop.call_later(HEAD_SECONDS, self._cut_off)

    def _wait_no_more(self) -> None:
        if self._until:
            self._until.cancel()
            self._until = None

    def _cut_off(self) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None and self.conn.trailing_data[0]:  # a first head that was begun
            self.transport.write(_ANSWER)
        self.transport.close()
