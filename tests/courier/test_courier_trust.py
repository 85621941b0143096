"""The courier speaks only to the server it was told of, and keeps its credentials to itself."""

from __future__ import annotations

import ipaddress
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncssh
import pytest
from courier_kit import PASSWORD, USER, Person, Server, call, own_place, sealed, visible, webdav_server
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from imsa_courier.errors import Refused
from imsa_courier.settings import read_address


def known_hosts(file: Path, server: Server, fingerprint_of: str) -> str:
    """Write a known-hosts file with this public key; give the line for the settings."""
    file.write_text(f"[127.0.0.1]:{server.port} {fingerprint_of}\n")
    return f'known_hosts = "{file}"'


def another_key() -> str:
    """Give the public half of a key that no server here has."""
    return asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()


def assert_nothing_went(person: Person) -> None:
    """See that neither side changed."""
    assert visible(person.there("to-office")) == [] and "sent" not in visible(person.out)


def test_an_unknown_host_is_refused_with_its_fingerprint(sftp: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, sftp, trust=f'known_hosts = "{tmp_path / "known"}"')
    (tmp_path / "known").write_text("")
    sealed(person.out)

    done = person.run("send")

    assert done.status == 3 and "is not a known one" in done.said
    assert sftp.trust.partition('"')[2].strip('"') in done.said
    assert_nothing_went(person)
    person.trust = sftp.trust
    assert person.run("send").status == 0, "the fingerprint of the message is what can be pinned"


def test_another_host_key_than_the_known_one_is_refused(sftp: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, sftp)
    person.trust = known_hosts(tmp_path / "known", sftp, another_key())
    sealed(person.out)
    done = person.run("send")
    assert done.status == 3 and "is not a known one" in done.said
    person.trust = 'host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"'
    done = person.run("send")
    assert done.status == 3 and "is not a known one" in done.said
    assert_nothing_went(person)


def test_a_host_key_in_the_known_hosts_is_taken(sshd_here: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, own_place(sshd_here, tmp_path.name))
    key = (Path(sshd_here.credentials.partition('key_file = "')[2].partition('"')[0]).parent) / "host_key"
    public = asyncssh.read_private_key(key).export_public_key().decode().strip()
    person.trust = known_hosts(tmp_path / "known", sshd_here, public)
    sealed(person.out)
    done = person.run("send")
    assert done.status == 0, done.said


def test_without_known_hosts_and_pin_no_host_is_known(
    asyncssh_here: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    person = Person(tmp_path, own_place(asyncssh_here, tmp_path.name), trust="")
    sealed(person.out)
    assert person.run("send").status == 3
    assert_nothing_went(person)


@pytest.mark.parametrize("kind", ["asyncssh", "webdav"])
def test_a_wrong_password_is_refused_and_said_nowhere(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server: Server = request.getfixturevalue(f"{kind}_here")
    person = Person(tmp_path, own_place(server, tmp_path.name))
    person.credentials = f'user = "{USER}"\npassword = "another-than-that"\n'
    sealed(person.out)

    done = person.run("send")

    assert done.status == 3 and "refused the login" in done.said
    assert "another-than-that" not in done.said and USER not in done.said
    assert_nothing_went(person)


def test_a_login_names_neither_user_nor_password(person: Person) -> None:
    sealed(person.out)
    sealed(person.there("from-office"))
    done = person.run("both", "--json")
    assert done.status == 0 and PASSWORD not in done.said and USER not in done.said


def test_a_key_file_with_a_passphrase_opens_with_it_only(sshd_here: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, own_place(sshd_here, tmp_path.name))
    own = Path(sshd_here.credentials.partition('key_file = "')[2].partition('"')[0])
    locked = tmp_path / "locked_key"
    asyncssh.read_private_key(own).write_private_key(locked, passphrase="of-the-key", rounds=50)
    locked.chmod(0o600)
    words = sshd_here.credentials.replace(str(own), str(locked))
    sealed(person.out)

    person.credentials = words
    assert "cannot be opened" in person.run("send").said
    person.credentials = f'{words}key_passphrase = "of-the-key"\n'
    done = person.run("send")
    assert done.status == 0, done.said


@pytest.mark.skipif(shutil.which("ssh-agent") is None, reason="no ssh agent here")
def test_the_ssh_agent_logs_in_where_the_credentials_say_so(
    sshd_here: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(tmp_path, own_place(sshd_here, tmp_path.name))
    own = sshd_here.credentials.partition('key_file = "')[2].partition('"')[0]
    user = sshd_here.credentials.splitlines()[0]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    sealed(person.out)
    with subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(tmp_path / "agent")], stdout=subprocess.DEVNULL
    ) as agent:
        try:
            add = ["ssh-add", "-q", own]
            while subprocess.run(add, stderr=subprocess.DEVNULL).returncode:
                assert agent.poll() is None
                time.sleep(0.02)
            person.credentials = f'{user}\npassword = "none-here"\n'
            assert "refused the login" in person.run("send").said, "an agent that is not named is not asked"
            person.credentials = f"{user}\nagent = true\n"
            done = person.run("send")
        finally:
            agent.terminate()
    assert done.status == 0, done.said


def test_credentials_that_others_may_read_are_refused(person: Person) -> None:
    sealed(person.out)
    file = person.settings
    for mode in (0o640, 0o604, 0o660):
        (person.folder / "credentials.toml").chmod(mode)
        done = call("send", file)
        assert done.status == 3 and "Others may read credentials.toml" in done.said
    real = person.folder / "real.toml"
    (person.folder / "credentials.toml").rename(real)
    real.chmod(0o600)
    (person.folder / "credentials.toml").symlink_to(real)
    assert call("send", file).status == 3
    assert_nothing_went(person)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("password = \n", "is not TOML"),
        ('user = "a"\n', "hold no password"),
        ('user = "a"\npassword = 5\n', "The credentials are texts"),
        ('user = "a"\npasword = "b"\n', "know no `pasword`"),
        ('password = "b"\n', "user"),
        ('user = "a"\nkey_file = "nowhere"\n', "There is no file"),
    ],
)
def test_credentials_that_cannot_be_understood_are_named(person: Person, text: str, said: str) -> None:
    person.credentials = text
    done = person.run("send")
    assert done.status == 3 and said in done.said


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this computer, signed by nobody known; its key lies beside it."""
    folder = tmp_path_factory.mktemp("tls")
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=True
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem"


@pytest.fixture
def tls(certificate: Path, tmp_path: Path) -> Iterator[Server]:
    """A WebDAV server with that certificate."""
    root = tmp_path / "root"
    root.mkdir()
    with webdav_server(root, certificate, certificate.with_name("key.pem")) as server:
        yield server


def test_a_certificate_nobody_known_signed_is_refused(tls: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, tls, trust="")
    sealed(person.out)
    done = person.run("send")
    assert done.status == 3 and "is not trusted" in done.said
    assert_nothing_went(person)


def test_a_certificate_of_the_organisations_own_authority_is_taken(tls: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, tls)
    up, down = sealed(person.out), sealed(person.there("from-office"))
    done = person.run("both")
    assert done.status == 0, done.said
    assert visible(person.there("to-office")) == [up.name] and visible(person.inbox) == [down.name]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sftp://me:secret-word@files.example.org/x", "holds a password"),
        ("http://files.example.org/x", "Without TLS"),
        ("ftp://files.example.org/x", "must be like"),
        ("https://files.example.org/x?y=z", "must be like"),
        ("https:///x", "must be like"),
        ("sftp://files.example.org:port/x", "cannot be read"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_address(url)
    assert said in refused.value.message and "secret-word" not in refused.value.message


def test_an_address_gives_the_paths_there() -> None:
    assert read_address("sftp://host/").below("") == "/"
    assert read_address("sftp://host").below("in") == "in"
    assert read_address("sftp://host").below("") == "."
    assert read_address("sftp://host/~/box").below("in") == "box/in"
    assert read_address("sftp://host/srv/box/").below("in") == "/srv/box/in"
    assert read_address("https://host/dav%20box").below("in/deep") == "/dav box/in/deep"
    assert read_address("https://[::1]:8443/x").place == "[::1]:8443"


@pytest.mark.parametrize(
    ("where", "text", "said"),
    [
        ("local", "setle = 1", "know no `setle`"),
        ("local", 'after_sending = "delete"', '"move" or "keep"'),
        ("local", "settle = -1", "`local.settle` must be a number"),
        ("remote", 'known_hosts = "nowhere"', "There is no file"),
        ("remote", 'host_key = "MD5:00"', "must be a fingerprint"),
        ("patience", "tries = 0", "`patience.tries` must be a number"),
        ("patience", "tries = true", "`patience.tries` must be a number"),
    ],
)
def test_settings_that_cannot_be_understood_are_named(
    asyncssh_here: Server, tmp_path: Path, where: str, text: str, said: str
) -> None:
    person = Person(tmp_path, asyncssh_here, trust="", patience="")
    if where == "local":
        person.local = text
    elif where == "remote":
        person.remote = text
    else:
        person.patience = text
    done = person.run("send")
    assert done.status == 3 and said in done.said


def test_a_folder_there_stays_below_the_address(asyncssh_here: Server, tmp_path: Path) -> None:
    person = Person(tmp_path, asyncssh_here)
    file = person.settings
    file.write_text(file.read_text().replace('"to-office"', '"../elsewhere"'))
    done = call("send", file)
    assert done.status == 3 and "must be a plain folder" in done.said


def test_a_folder_that_is_not_there_is_named_and_not_made(person: Person) -> None:
    sealed(person.out)
    person.there("to-office").rename(person.there("elsewhere"))
    done = person.run("send")
    assert done.status == 3 and "has no /" in done.said and "to-office" in done.said
    assert not person.there("to-office").exists()


def test_another_user_may_be_named_in_the_address(asyncssh_here: Server) -> None:
    address = read_address(f"sftp://{USER}@127.0.0.1:{asyncssh_here.port}/x")
    assert (address.user, address.place) == (USER, f"127.0.0.1:{asyncssh_here.port}")
    assert USER not in replace(address).place
