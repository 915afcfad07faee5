"""The key pair of the vendor's command line is found, or counts as absent."""

from pathlib import Path

import pytest

from commands.clouds.jdcloud.credentials import read_credentials

CONFIG = """\
[default]
access_key = AK-1
secret_key = S%K-1
region_id = cn-north-1

[other]
access_key = AK-2
secret_key = SK-2

[half]
access_key = AK-3
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.write_text(CONFIG, "utf-8")
    return path


@pytest.mark.parametrize(("profile", "keys"), [("default", ("AK-1", "S%K-1")), ("other", ("AK-2", "SK-2"))])
def test_the_profiles_section_gives_the_keys(config: Path, profile: str, keys: tuple[str, str]) -> None:
    found = read_credentials(config, profile)
    assert found is not None
    assert (found.access_key, found.secret_key.get_secret_value()) == keys


def test_the_secret_is_not_in_the_repr(config: Path) -> None:
    assert "S%K-1" not in repr(read_credentials(config))


@pytest.mark.parametrize("profile", ["half", "missing"])
def test_a_section_that_is_missing_or_lacks_a_key_is_absent(config: Path, profile: str) -> None:
    assert read_credentials(config, profile) is None


def test_a_missing_file_is_absent(tmp_path: Path) -> None:
    assert read_credentials(tmp_path / "config") is None


@pytest.mark.parametrize("content", [b"secret_key = SK-1", b"\xff\xfe\x00", b"[default]\n[default]\n"])
def test_a_file_that_is_not_ini_is_absent(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config").write_bytes(content)
    assert read_credentials(tmp_path / "config") is None
