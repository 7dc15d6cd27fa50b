"""Sessions of the chat page without a browser: they speak Streamlit's own protocol and draw nothing.

People's browsers run on people's machines. Ten of them on the two cores of the server measure
mostly each other; these leave the cores to the server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_PATIENCE = 60.0  # seconds
_ANSWER = "answer"  # the component that draws one


class Session:
    """One window of the chat page."""

    def __init__(self, url: str) -> None:
        """Open the page and wait until questions can be asked.

        Args:
            url: Of the server, such as ``http://localhost:8501``.
        """
        address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
        self._connection: ClientConnection = connect(
            address,
            subprotocols=["streamlit"],
            origin=url,
            max_size=None,
            ping_interval=None,  # type: ignore[list-item, arg-type]
        )
        self._field = ""
        self._run(BackMsg())

    def ask(self, question: str) -> float:
        """Seconds from sending a question to the last message of the page with its answer.

        Raises:
            RuntimeError: The page came back without an answer.
        """
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self._field
        state.chat_input_value.data = question
        started = time.perf_counter()
        if not self._run(message):
            raise RuntimeError(f"Nothing came for {question!r}.")
        return time.perf_counter() - started

    def close(self) -> None:
        """Close the window."""
        self._connection.close()

    def _run(self, message: BackMsg) -> bool:
        """Send a message and read until the page stands; returns whether an answer came with it."""
        message.rerun_script.SetInParent()
        self._connection.send(message.SerializeToString())
        answered = False
        for received in self._messages():
            element = received.delta.new_element
            if element.WhichOneof("type") == "chat_input":
                self._field = element.chat_input.id
            answered = answered or element.bidi_component.component_name == _ANSWER
            if received.WhichOneof("type") == "script_finished":
                return answered
        return False

    def _messages(self) -> Iterator[ForwardMsg]:
        while True:
            yield ForwardMsg.FromString(self._connection.recv(timeout=_PATIENCE))  # type: ignore[arg-type]
