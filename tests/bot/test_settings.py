from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import (
    Settings,
    StoreSettings,
    load,
    load_language,
    load_regions,
    load_settings,
    load_warnings,
)
from bot.settings_error import SettingsError
from bot.settings_values import without_password

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1234-abcd",
    "SLACK_APP_TOKEN": "xapp-1-abcd",
    "JDCLOUD_ACCESS_KEY": "ACCESS",
    "JDCLOUD_SECRET_KEY": "the-secret-key",
}


def loaded(folder: Path, environ: Mapping[str, str], *, dotenv: str = "", jdc: str = "") -> Settings:
    (folder / ".env").write_text(dotenv, "utf-8")
    (folder / ".jdc").mkdir()
    (folder / ".jdc" / "config").write_text(jdc, "utf-8")
    return load_settings(environ, env_file=folder / ".env", home=folder)


def mistakes(folder: Path, environ: Mapping[str, str], **more: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, environ, **more)
    return caught.value.mistakes


def named(folder: Path, environ: Mapping[str, str], **more: str) -> list[str]:
    return [mistake.split()[0] for mistake in mistakes(folder, {"BOT_LANGUAGE": "en", **environ}, **more)]


def test_what_is_not_set_has_the_documented_default(tmp_path: Path) -> None:
    settings = loaded(tmp_path, GOOD)
    given = {name.lower() for name in GOOD}
    assert settings.model_dump(exclude=given) == {
        "slack_signing_secret": None,
        "slack_api_url": "https://slack.com/api/",
        "jdcloud_profile": "default",
        "jdcloud_vm_url": "https://vm.jdcloud-api.com",
        "jdcloud_disk_url": "https://disk.jdcloud-api.com",
        "jdcloud_signature": "JDCLOUD3",
        "jdcloud_timeout_s": 10,
        "database_url": "sqlite:///copy-image-bot.db",
        "bot_admins": (),
        "bot_host": None,
        "bot_port": 3000,
        "bot_language": "zh",
        "bot_regions": (),
        "bot_poll_s": 5,
        "bot_lease_s": 25,
        "bot_settle_s": 60,
        "bot_log": "json",
        "bot_retention": None,
    }
    assert settings.retention is None


def test_every_missing_setting_is_named_at_once(tmp_path: Path) -> None:
    assert named(tmp_path, {}) == [
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "JDCLOUD_ACCESS_KEY",
        "JDCLOUD_SECRET_KEY",
    ]


def test_an_empty_value_counts_as_missing(tmp_path: Path) -> None:
    assert named(tmp_path, {**GOOD, "SLACK_BOT_TOKEN": " ", "BOT_PORT": ""}) == ["SLACK_BOT_TOKEN"]


def test_socket_mode_listens_on_this_machine_only_and_http_mode_everywhere(tmp_path: Path) -> None:
    socket = loaded(tmp_path, GOOD)
    http = load_settings(
        {**GOOD, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "s"},
        env_file=tmp_path / ".env",
        home=tmp_path,
    )
    assert (socket.socket_mode, socket.host) == (True, "127.0.0.1")
    assert (http.socket_mode, http.host) == (False, "0.0.0.0")  # noqa: S104 - what is expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1234"),
        ("SLACK_BOT_TOKEN", "xoxb-12 34"),
        ("SLACK_APP_TOKEN", "xoxb-1234"),
        ("SLACK_API_URL", "ftp://slack.example/api"),
        ("JDCLOUD_VM_URL", "vm.example"),
        ("JDCLOUD_DISK_URL", "https://disk.example:port"),
        ("JDCLOUD_SIGNATURE", "JDCLOUD4"),
        ("JDCLOUD_TIMEOUT_S", "0"),
        ("JDCLOUD_TIMEOUT_S", "ten"),
        ("DATABASE_URL", "mysql://u:hidden@h/d"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://u:hidden@h:port/d"),
        ("BOT_ADMINS", "U0001,lina"),
        ("BOT_HOST", "a b"),
        ("BOT_HOST", "http://a"),
        ("BOT_PORT", "65536"),
        ("BOT_LANGUAGE", "fr"),
        ("BOT_REGIONS", "cn-north-1,上海"),
        ("BOT_POLL_S", "0.5"),
        ("BOT_POLL_S", "nan"),
        ("BOT_LEASE_S", "20"),
        ("BOT_SETTLE_S", "-1"),
        ("BOT_LOG", "xml"),
        ("BOT_RETENTION", "400"),
        ("BOT_RETENTION", "0d"),
    ],
)
def test_a_wrong_value_is_named_and_never_repeated(tmp_path: Path, name: str, value: str) -> None:
    found = mistakes(tmp_path, {"BOT_LANGUAGE": "en", **GOOD, name: value})
    assert [mistake.split()[0].removesuffix("：") for mistake in found] == [name]
    assert "hidden" not in found[0]
    assert value not in found[0] or len(value) <= 3


def test_no_secret_is_in_the_error_when_everything_else_is_wrong(tmp_path: Path) -> None:
    secret = "s3cr3t-value"
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DATABASE_URL", "BOT_PORT", "BOT_LOG", "JDCLOUD_TIMEOUT_S")
    environ = {**dict.fromkeys(names, secret), "SLACK_SIGNING_SECRET": secret, "JDCLOUD_SECRET_KEY": secret}
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, environ)
    assert len(caught.value.mistakes) == 7
    assert secret not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {**GOOD, "DATABASE_URL": "postgresql://u:hid%2Fden@h/d"})
    shown = repr(settings)
    assert not [secret for secret in (*GOOD.values(), "hid%2Fden") if secret in shown]
    assert sorted(settings.secrets) == sorted([*GOOD.values(), "hid%2Fden", "hid/den"])


def test_the_environment_counts_before_the_file(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, {**GOOD, "BOT_PORT": "4000"}, dotenv="BOT_PORT=5000\nBOT_LANGUAGE=en\nOTHER=1\n"
    )
    assert (settings.bot_port, settings.bot_language) == (4000, "en")


def test_lists_are_separated_by_commas(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {**GOOD, "BOT_ADMINS": "U0001, W0002，", "BOT_REGIONS": "cn-north-2"})
    assert (settings.bot_admins, settings.bot_regions) == (("U0001", "W0002"), ("cn-north-2",))


def test_base_urls_lose_their_last_slash_and_slacks_has_one(tmp_path: Path) -> None:
    urls = {"SLACK_API_URL": "http://127.0.0.1:8001/api", "JDCLOUD_VM_URL": "http://127.0.0.1:8002/"}
    settings = loaded(tmp_path, {**GOOD, **urls})
    assert settings.slack_api_url == "http://127.0.0.1:8001/api/"
    assert settings.jdcloud_vm_url == "http://127.0.0.1:8002"


def test_retention_is_a_length_of_time(tmp_path: Path) -> None:
    assert loaded(tmp_path, {**GOOD, "BOT_RETENTION": "400d"}).retention == timedelta(days=400)


def test_credentials_come_from_the_jdc_commands_file(tmp_path: Path) -> None:
    environ = {name: value for name, value in GOOD.items() if not name.startswith("JDCLOUD")}
    jdc = "[default]\naccess_key = A\nsecret_key = B\n[ops]\naccess_key = C\nsecret_key = D\n"
    settings = loaded(tmp_path, {**environ, "JDCLOUD_PROFILE": "ops"}, jdc=jdc)
    assert (settings.jdcloud_access_key, settings.jdcloud_secret_key.get_secret_value()) == ("C", "D")


def test_a_key_pair_is_never_mixed_from_two_places(tmp_path: Path) -> None:
    environ = {name: value for name, value in GOOD.items() if name != "JDCLOUD_SECRET_KEY"}
    jdc = "[default]\naccess_key = A\nsecret_key = B\n"
    assert named(tmp_path, environ, jdc=jdc) == ["JDCLOUD_SECRET_KEY"]


@pytest.mark.parametrize(
    "url", ["postgres://u:p@h/d", "postgresql://h/d?sslmode=require", "sqlite:////var/b.db"]
)
def test_the_stores_commands_need_nothing_but_its_url(tmp_path: Path, url: str) -> None:
    environ = {"DATABASE_URL": url, "SLACK_BOT_TOKEN": "bad", "BOT_PORT": "bad"}
    assert load(StoreSettings, environ, env_file=tmp_path / ".env") == StoreSettings(database_url=url)


def test_an_unreadable_env_file_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BOT_LANGUAGE=\xff\xfe")
    with pytest.raises(SettingsError) as caught:
        load(StoreSettings, {"BOT_LANGUAGE": "en"}, env_file=tmp_path / ".env")
    assert len(caught.value.mistakes) == 1


def test_a_broken_line_of_the_env_file_is_named_by_its_number_alone(tmp_path: Path) -> None:
    dotenv = '# mine\n\nBOT_PORT=4000\n\nSLACK_BOT_TOKEN="xoxb-hidden\nBOT LOG=json\nBOT_LOG=json\n'
    assert [
        said.partition(" of ")[0] for said in mistakes(tmp_path, {"BOT_LANGUAGE": "en"}, dotenv=dotenv)
    ] == [
        "Line 5",
        "Line 6",
    ]


@pytest.mark.parametrize(
    "dotenv", ["export BOT_PORT=4000\n", "\ufeffBOT_PORT='4000' # ours", "bot_port = 4000\r\n"]
)
def test_the_usual_spellings_of_an_env_file_are_read(tmp_path: Path, dotenv: str) -> None:
    assert loaded(tmp_path, GOOD, dotenv=dotenv).bot_port == 4000


def test_a_name_that_is_no_setting_is_told_with_the_one_it_resembles(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("JDCLOUD_VM_ULR=http://127.0.0.1\nOTHER=1\n", "utf-8")
    (tmp_path / ".env").chmod(0o600)
    environ = {**GOOD, "BOT_PORTS": "1", "SLACK_WEBHOOK": "hidden", "HOME": "/"}
    no = "is no setting of this program and has no effect."
    assert load_warnings({**environ, "BOT_LANGUAGE": "en"}, env_file=tmp_path / ".env") == [
        f"JDCLOUD_VM_ULR {no} Did you mean JDCLOUD_VM_URL?",
        f"BOT_PORTS {no} Did you mean BOT_PORT?",
        f"SLACK_WEBHOOK {no}",
    ]
    assert load_warnings(GOOD, env_file=tmp_path / "none") == []


@pytest.mark.parametrize(("extra", "more"), [("cn-north-2", ["cn-north-2"]), ("上海", []), ("", [])])
def test_the_regions_are_the_known_ones_and_those_of_the_setting(
    tmp_path: Path, extra: str, more: list[str]
) -> None:
    regions = [region.id for region in load_regions({"BOT_REGIONS": extra}, env_file=tmp_path / ".env")]
    assert regions == ["cn-north-1", "cn-east-1", "cn-east-2", "cn-south-1", *more]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p%40ss@h:5432/d?password=p", "postgresql://h:5432/d"),
        ("https://slack.com/api/", "https://slack.com/api/"),
    ],
)
def test_a_url_is_shown_without_what_is_secret(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_the_language_is_chinese_unless_it_is_english(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    assert [load_language({"BOT_LANGUAGE": word}, env_file=env_file) for word in ("en", "fr", "")] == [
        "en",
        "zh",
        "zh",
    ]
    assert mistakes(tmp_path, {**GOOD, "BOT_PORT": "x"}) == ("BOT_PORT 不正确。须为 0 到 65535 的端口号。",)


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = loaded(tmp_path, GOOD)
    with pytest.raises(ValueError, match="frozen"):
        settings.bot_port = 1  # type: ignore[misc]
