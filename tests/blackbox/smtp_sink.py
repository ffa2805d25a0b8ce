"""SMTP servers for tests: one that keeps what it is sent (aiosmtpd, which knows
the protocol from somebody else's side), and hostile ones on plain sockets."""
import asyncio
import email
import email.policy
import socket
import ssl
import subprocess
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


def certificate(folder, host="localhost"):
    """(certificate, key) for a name, signed by itself."""
    cert, key = folder / f"{host}.pem", folder / f"{host}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={host}",
                    "-addext", f"subjectAltName=DNS:{host},IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
                   check=True, capture_output=True)
    return cert, key


class Mail:
    """One message as it arrived."""

    def __init__(self, sender, recipients, data, secure):
        self.sender, self.recipients, self.data, self.secure = sender, recipients, data, secure
        self.at = time.monotonic()
        self.message = email.message_from_bytes(data, policy=email.policy.default)

    def __getitem__(self, name):
        return self.message[name]

    def part(self, kind):
        """The text of its first part of a type, with LF line ends."""
        for part in self.message.walk():
            if part.get_content_type() == kind:
                return part.get_content().replace("\r\n", "\n")
        return None

    @property
    def text(self):
        return self.part("text/plain")

    @property
    def html(self):
        return self.part("text/html")


class Sink:
    """answers: stage ("mail", "rcpt", "data") -> function(value) that returns a reply of its own, or None."""

    def __init__(self, tls=None, implicit=False, login=None):
        self.mails, self.arrived, self.answers = [], threading.Condition(), {}
        self.sessions, self.logins = 0, []
        options = {}
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, tls))
        if tls and not implicit:
            options = {"tls_context": context, "require_starttls": True}
        if login:
            options |= {"authenticator": self._login(*login), "auth_required": True, "auth_require_tls": bool(tls) and not implicit}
        self.scheme = "smtps" if implicit else "smtp"
        self.controller = Controller(self, hostname="127.0.0.1", port=0, ssl_context=context if implicit else None,
                                     enable_SMTPUTF8=False, **options)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.controller.port = self.port = free.getsockname()[1]
        self.controller.start()

    def _login(self, user, password):
        def check(_server, _session, _envelope, mechanism, data):
            known = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
            self.logins.append((mechanism, known))
            return AuthResult(success=known, handled=False)
        return check

    def url(self, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}"

    async def _answer(self, stage, value):
        answer = self.answers.get(stage)
        said = answer(value) if answer else None
        return await said if asyncio.iscoroutine(said) else said

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_MAIL(self, _server, _session, envelope, address, options):
        said = await self._answer("mail", address)
        if said:
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 fine"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        said = await self._answer("rcpt", address)
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, _server, session, envelope):
        mail = Mail(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content, session.ssl is not None)
        said = await self._answer("data", mail)
        if said and not said.startswith("2"):
            return said
        with self.arrived:
            self.mails.append(mail)
            self.arrived.notify_all()
        return said or "250 kept"

    def wait(self, holds, timeout=15):
        """Until holds(mails); the mails."""
        with self.arrived:
            fine = self.arrived.wait_for(lambda: holds(self.mails), timeout)
            assert fine, f"{len(self.mails)} mails: {[(m.recipients, m['Subject']) for m in self.mails[-5:]]}"
            return list(self.mails)

    def close(self):
        self.controller.stop()


class Hostile:
    """A socket that misbehaves in one way; .hits connections."""

    def __init__(self, way):
        self.way, self.hits, self.times = way, 0, []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.hits += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        begun = time.monotonic()
        try:
            getattr(self, self.way)(connection)
        except OSError:
            pass
        connection.close()
        self.times.append(time.monotonic() - begun)

    @staticmethod
    def talk(connection, until):
        """An ordinary server up to and with the answer to a command; what was said after it."""
        connection.sendall(b"220 here\r\n")
        inside = False  # of the message
        for line in connection.makefile("rb"):
            word = line[:4].upper() if not inside else b"END" if line == b".\r\n" else b""
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                inside = True
            elif word in (b"EHLO", b"MAIL", b"RCPT"):
                connection.sendall(b"250 fine\r\n")
            if word == until:
                return

    def hang(self, connection):
        connection.recv(65536)
        connection.recv(1)

    def drip(self, connection):
        for _ in range(1000):
            connection.sendall(b"2")
            time.sleep(0.05)

    def flood(self, connection):
        while True:
            connection.sendall(b"220-" + b"x" * 1000 + b"\r\n")

    def garbage(self, connection):
        connection.sendall(b"\x16\x03\x01\x00\xff not SMTP \xff\r\n" * 3)
        connection.recv(65536)

    def full(self, connection):
        connection.sendall(b"421 too many connections\r\n")
        connection.recv(65536)

    def drops_after_data(self, connection):
        self.talk(connection, b"END")

    def hangs_after_data(self, connection):
        self.talk(connection, b"END")
        connection.recv(65536)
        connection.recv(1)

    def hangs_at_quit(self, connection):
        self.talk(connection, b"END")
        connection.sendall(b"250 kept\r\n")
        connection.recv(65536)
        time.sleep(30)

    def close(self):
        self.socket.close()
