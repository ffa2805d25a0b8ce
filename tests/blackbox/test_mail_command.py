"""`azentiko mail`: one mail through servers of all kinds, and what is said when it does not work."""
import re
import time

import pytest
from server import run_cli
from smtp_sink import Hostile, Sink, certificate

FROM = ("--mail-from", "Velo Nord <notices@example.org>")


@pytest.fixture
def sink():
    made = []

    def make(*arguments, **keywords):
        made.append(Sink(*arguments, **keywords))
        return made[-1]

    yield make
    for one in made:
        one.close()


def send(url, *options, to="ada@example.org", env=None, tls="optional"):
    return run_cli("mail", "test", to, "--smtp-url", url, "--smtp-tls", tls, *FROM, *options, env=env)


def test_a_plain_relay_of_this_machine(sink):
    one = sink()
    done = send(one.url())
    assert done.returncode == 0 and "sent to ada@example.org" in done.stdout, done.stderr
    mail = one.mails[0]
    assert mail.sender == "notices@example.org" and mail.recipients == ["ada@example.org"]
    assert mail["From"] == "Velo Nord <notices@example.org>" and mail["To"] == "ada@example.org"
    assert mail["Subject"] == "Mail works" and mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<mail_\w{26}@example\.org>", mail["Message-ID"])
    assert mail["Date"].datetime.tzinfo and abs(mail["Date"].datetime.timestamp() - time.time()) < 60
    assert "This is a test" in mail.text and "<h1" in mail.html
    assert max(map(len, mail.data.split(b"\r\n"))) <= 76 and b"\n" not in mail.data.replace(b"\r\n", b"")


def test_starttls_and_login(sink, tmp_path):
    cert = certificate(tmp_path)
    one = sink(tls=cert, login=("velo", "s3cret canary"))
    secret = tmp_path / "password"
    secret.write_text("s3cret canary\n")
    env = {"AZENTIKO_SMTP_PASSWORD_FILE": str(secret), "AZENTIKO_SMTP_USER": "velo"}
    done = send(one.url(), "--outbound-ca", str(cert[0]), env=env, tls="required")
    assert done.returncode == 0, done.stderr
    assert one.mails[0].secure and one.logins[-1][1]
    wrong = send(one.url(), "--outbound-ca", str(cert[0]), "--smtp-user", "velo", "--smtp-password", "wrong canary", tls="required")
    assert wrong.returncode == 1 and "refused the user or password" in wrong.stderr and "canary" not in wrong.stderr


def test_implicit_tls(sink, tmp_path):
    cert = certificate(tmp_path)
    one = sink(tls=cert, implicit=True)
    done = send(one.url(), "--outbound-ca", str(cert[0]), tls="required")
    assert done.returncode == 0 and len(one.mails) == 1, done.stderr


def test_a_server_without_tls_gets_nothing_where_tls_is_required(sink):
    one = sink()
    done = send(one.url(), tls="required")
    assert done.returncode == 1 and "offers no TLS" in done.stderr and not one.mails


def test_a_certificate_that_nobody_vouches_for_is_refused(sink, tmp_path):
    one = sink(tls=certificate(tmp_path))
    done = send(one.url(), tls="required")
    assert done.returncode == 1 and "certificate" in done.stderr and not one.mails


def test_a_certificate_of_another_name_is_refused(sink, tmp_path):
    cert = certificate(tmp_path, "mail.example.org")
    one = sink(tls=cert)
    done = send(one.url("localhost"), "--outbound-ca", str(cert[0]), tls="required")
    assert done.returncode == 1 and not one.mails


@pytest.mark.parametrize("stage,reply,said", [
    ("rcpt", "550 5.1.1 no such user here", "for good"), ("rcpt", "450 4.7.1 greylisted", "tried again"),
    ("mail", "553 not your sender", "cannot be used"), ("data", "554 5.7.1 looks like spam", "for good"),
    ("data", "452 4.3.1 disk full", "tried again"), ("rcpt", "421 4.3.2 going down", "cannot be used"),
])
def test_what_the_server_says_is_told_in_words(sink, stage, reply, said):
    one = sink()
    one.answers[stage] = lambda _: reply
    done = send(one.url())
    assert done.returncode == 1 and said in done.stderr and reply[4:] in done.stderr, done.stderr


@pytest.mark.parametrize("way,said", [
    ("hang", "cannot be used"), ("drip", "cannot be used"), ("flood", "cannot be used"), ("garbage", "cannot be used"),
    ("full", "too many connections"), ("drops_after_data", "may have arrived"), ("hangs_after_data", "may have arrived"),
])
def test_servers_that_misbehave_take_only_so_long(way, said):
    one = Hostile(way)
    begun = time.monotonic()
    done = send(one.url(), "--smtp-timeout-ms", "1500")
    assert done.returncode == 1 and said in done.stderr, done.stderr
    assert time.monotonic() - begun < 6
    one.close()


def test_nobody_listens():
    done = send("smtp://127.0.0.1:9")
    assert done.returncode == 1 and "connect" in done.stderr


@pytest.mark.parametrize("options,said", [
    (("--smtp-url", "http://x"), "smtp://HOST"), (("--smtp-url", "smtp://user:pw@x"), "no user"),
    (("--smtp-url", "smtp://x", "--smtp-user", "a"), "belong together"), (("--smtp-url", "smtp://x", "--mail-from", "nobody"), "mail-from"),
    (("--smtp-url", "smtp://x", "--mail-from", "a@b.example\r\nBcc: c@d.example"), "mail-from"),
    (("--smtp-url", "smtp://x", "--mail-from", "a@b.example", "--public-url", "ftp://x"), "public-url"),
    (("--smtp-url", "smtp://mx.example", "--mail-from", "a@b.example", "--smtp-tls", "optional", "--smtp-user", "a", "--smtp-password", "b"), "clear"),
    (("--smtp-url", "smtp://x"), "mail-from"), (("--smtp-url", "smtp://x", "--mail-from", "a@b.example", "--smtp-tls", "none"), "smtp-tls"),
])
def test_settings_that_make_no_sense(options, said):
    done = run_cli("mail", "test", "ada@example.org", *options)
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_the_password_is_masked():
    done = run_cli("config", "--effective", env={"AZENTIKO_SMTP_PASSWORD": "canary-4711"})
    assert "smtp-password = ***" in done.stdout and "canary" not in done.stdout
    done = run_cli("config", "--effective", "--json", env={"AZENTIKO_SMTP_PASSWORD": "canary-4711"})
    assert '"smtp-password":"***"' in done.stdout and "canary" not in done.stdout


def test_without_settings_it_says_so():
    done = run_cli("mail", "test", "ada@example.org")
    assert done.returncode == 1 and "mail is off" in done.stderr


@pytest.mark.parametrize("address", ["nobody", "a b@example.org", "a@b@c", "a@example.org>\r\nRCPT TO:<b@example.org", "ä@example.org"])
def test_addresses_that_are_none(sink, address):
    one = sink()
    done = send(one.url(), to=address)
    assert done.returncode == 1 and not one.mails


def test_the_preview_writes_every_mail_in_every_language(tmp_path):
    done = run_cli("mail", "preview", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"lead.en.html", "digest.ar.txt", "transcript.de.html"} <= names and len(names) == 132
    assert 'dir="rtl"' in (tmp_path / "out" / "lead.ar.html").read_text()
