"""A mail server for tests: takes mail, refuses whom it is told to, can be stopped and started on the same port."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """Start it with :meth:`start`; ``mails`` holds what it took, ``refused`` the addresses that it does not know."""

    mails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    #: Whether it ends in the middle of a mail.
    hangs_up: bool = False
    port: int = 0
    _server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> None:
        taker = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                taker.talk(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def talk(self, line: socketserver.StreamRequestHandler) -> None:
        def say(text: str) -> None:
            line.wfile.write(f"{text}\r\n".encode())

        say("220 test")
        while command := line.rfile.readline().decode().strip():
            word = command[:4].upper()
            if word == "RCPT" and any(address in command for address in self.refused):
                say("550 no such person")
            elif word == "DATA" and self.hangs_up:
                return
            elif word == "DATA":
                say("354 go on")
                content = b""
                while (part := line.rfile.readline()) != b".\r\n":
                    content += part
                mail = email.message_from_bytes(content, policy=email.policy.default)
                assert isinstance(mail, EmailMessage)
                self.mails.append(mail)
                say("250 taken")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 yes")

    def told(self) -> list[tuple[str, str]]:
        """To whom and about what, in the order of names."""
        return sorted((mail["To"].addresses[0].addr_spec.partition("@")[0], mail["Subject"]) for mail in self.mails)

    def text(self, number: int = -1) -> str:
        """What a mail says."""
        return self.mails[number].get_content()
