"""Whether the disk is encrypted: layers of devices as Linux shows them, and other systems' words."""

from __future__ import annotations

from pathlib import Path

import pytest

from imsa_desk.services.disk import DiskEncryption, DiskState, disk_state, read_file_vault

ON, OFF, UNKNOWN = DiskEncryption.ON, DiskEncryption.OFF, DiskEncryption.UNKNOWN


class Computer:
    """A made-up computer: its mounts, and its block devices with what they are made of."""

    def __init__(self, folder: Path) -> None:
        self.vault = folder / "home" / "my vault"
        self.vault.mkdir(parents=True)
        self.devices = folder / "devices"
        self.mounts = folder / "mountinfo"
        self.lines = ["22 1 8:9 / / rw - ext4 /dev/sdz9 rw"]

    def mount(
        self, number: str, kind: str = "ext4", source: str = "/dev/sda1", at: Path | None = None
    ) -> None:
        place = str(at or self.vault.parent).replace(" ", r"\040")
        self.lines.append(f"30 22 {number} / {place} rw,relatime shared:1 - {kind} {source} rw")

    def device(self, number: str, uuid: str = "", below: tuple[str, ...] = ()) -> Path:
        entry = self.devices / number
        (entry / "slaves").mkdir(parents=True)
        for one in below:
            (entry / "slaves" / one.replace(":", "-")).symlink_to(self.devices / one)
        if uuid:
            (entry / "dm").mkdir()
            (entry / "dm" / "uuid").write_text(uuid + "\n", encoding="ascii")
        return entry

    def partition(self, number: str, disk: Path) -> None:
        inside = disk / f"part{number.partition(':')[2]}"
        inside.mkdir(parents=True)
        (inside / "partition").write_text("1\n", encoding="ascii")
        (self.devices / number).symlink_to(inside)

    def look(self) -> DiskEncryption:
        self.mounts.write_text("\n".join(self.lines) + "\n", encoding="utf-8")
        return disk_state(self.vault, system="linux", mounts=self.mounts, devices=self.devices).encryption


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_a_partition_of_a_plain_disk_is_not_encrypted(computer: Computer) -> None:
    computer.mount("8:1")
    computer.partition("8:1", computer.device("8:0"))
    assert computer.look() is OFF


def test_luks_is_seen(computer: Computer) -> None:
    computer.mount("254:0")
    computer.device("8:0")
    computer.device("254:0", "CRYPT-LUKS2-0a1b2c-root", ("8:0",))
    assert computer.look() is ON


def test_a_volume_on_luks_is_encrypted(computer: Computer) -> None:
    computer.mount("254:1")
    computer.device("254:0", "CRYPT-LUKS2-0a1b2c-root")
    computer.device("254:1", "LVM-abcdef", ("254:0",))
    assert computer.look() is ON


def test_a_volume_with_one_plain_part_is_not_encrypted(computer: Computer) -> None:
    computer.mount("254:1")
    computer.device("254:0", "CRYPT-LUKS2-0a1b2c-root")
    computer.device("8:0")
    computer.device("254:1", "LVM-abcdef", ("254:0", "8:0"))
    assert computer.look() is OFF


def test_the_mount_nearest_to_the_folder_counts_and_of_two_the_last(computer: Computer) -> None:
    computer.mount("8:1")
    computer.mount("254:0", at=computer.vault)
    computer.partition("8:1", computer.device("8:0"))
    computer.device("254:0", "CRYPT-LUKS2-0a1b2c-home")
    assert computer.look() is ON
    computer.mount("8:1", at=computer.vault)
    assert computer.look() is OFF


def test_a_folder_encrypted_by_itself_counts(computer: Computer) -> None:
    computer.mount("0:50", "ecryptfs", "/home/.ecryptfs/ann/.Private")
    assert computer.look() is ON


@pytest.mark.parametrize(
    ("kind", "source"),
    [("tmpfs", "tmpfs"), ("nfs4", "server:/home"), ("zfs", "rpool/home"), ("overlay", "x")],
)
def test_what_has_no_disk_of_its_own_is_not_known(computer: Computer, kind: str, source: str) -> None:
    computer.mount("0:50", kind, source)
    assert computer.look() is UNKNOWN


def test_a_disk_in_a_file_is_not_known(computer: Computer) -> None:
    computer.mount("7:0")
    (computer.device("7:0") / "loop").mkdir()
    assert computer.look() is UNKNOWN


def test_devices_that_go_in_circles_end(computer: Computer) -> None:
    computer.mount("254:0")
    computer.device("254:0", "LVM-a", ("254:1",))
    computer.device("254:1", "LVM-b", ("254:0",))
    assert computer.look() is UNKNOWN


def test_what_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    for text in ("", "nonsense\n"):
        (tmp_path / "mountinfo").write_text(text, encoding="utf-8")
        assert disk_state(tmp_path, system="linux", mounts=tmp_path / "mountinfo").encryption is UNKNOWN
    assert disk_state(tmp_path, system="linux", mounts=tmp_path / "gone").encryption is UNKNOWN


def test_windows_is_not_known_and_macos_says_so_itself(tmp_path: Path) -> None:
    assert disk_state(tmp_path, system="win32").encryption is UNKNOWN
    assert read_file_vault("FileVault is On.\n") is ON
    assert read_file_vault("FileVault is Off.\n") is OFF
    assert read_file_vault("Error: something\n") is UNKNOWN


def test_only_a_disk_known_to_be_plain_warns() -> None:
    assert [DiskState(one).warns for one in (ON, OFF, UNKNOWN)] == [False, True, False]
    assert all("IT support" in DiskState(one).words for one in (OFF, UNKNOWN))
