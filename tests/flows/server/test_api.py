"""Whether an API is configured is found out as Prefect finds it, and mostly without it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.server.api import configured_url
from flows.settings.study_settings import PROJECT

URL = "http://127.0.0.1:1/api"
ASK = (
    "import sys; from flows.server.api import configured_url; "
    "print(configured_url(), 'prefect' in sys.modules)"
)
FAILING = """
from flows.server.api import ServerError, configured_url
try:
    configured_url()
except ServerError as error:
    print(error)
"""
PROFILE = 'active = "{active}"\n[profiles.one]\nPREFECT_API_URL = "' + URL + '"\n[profiles.two]\n'


def ask(folder: Path, program: str = ASK, **environment: str) -> str:
    """What is said in a folder, whether Prefect had to be imported for it included."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    home = {"PREFECT_HOME": str(folder / "home"), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env={**clean, **home, **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_where_nothing_speaks_of_an_api_prefect_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "prefect-user"\n')
    assert ask(tmp_path) == "None False"
    assert ask(tmp_path, PREFECT_API_URL="") == "None False"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (".env", f"PREFECT_API_URL={URL}\n"),
        ("prefect.toml", f'[api]\nurl = "{URL}"\n'),
        ("pyproject.toml", f'[tool.prefect.api]\nurl = "{URL}"\n'),
        ("home/profiles.toml", PROFILE.format(active="one")),
    ],
)
def test_every_place_where_prefect_looks_counts(tmp_path: Path, file: str, content: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / file).write_text(content)
    assert ask(tmp_path) == f"{URL} True"


def test_the_environment_and_the_active_profile_decide(tmp_path: Path) -> None:
    assert ask(tmp_path, PREFECT_API_URL=URL) == f"{URL} True"
    (tmp_path / "elsewhere.toml").write_text(PROFILE.format(active="two"))
    elsewhere = {"PREFECT_PROFILES_PATH": str(tmp_path / "elsewhere.toml")}
    assert ask(tmp_path, **elsewhere) == "None True"
    (tmp_path / "elsewhere.toml").write_text(PROFILE.format(active="one").replace(URL, ""))
    assert ask(tmp_path, **elsewhere) == "None True"


def test_where_prefect_is_imported_already_its_settings_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with temporary_settings({PREFECT_API_URL: URL}):
        assert configured_url() == URL


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PREFECT_LOGGING_LEVEL", "foo", "read its settings (PREFECT_LOGGING_LEVEL: Input should"),
        ("PREFECT_LOGGING_SETTINGS_PATH", "bad.yml", "Prefect cannot read its settings"),
        ("PREFECT_API_REQUEST_TIMEOUT", "secret", "(PREFECT_API_REQUEST_TIMEOUT: Input should be a valid"),
        ("ALL_PROXY", "socks4://127.0.0.1:9", "a proxy that cannot be used (ValueError: Unknown scheme"),
        ("HTTPS_PROXY", "http://proxy:80a", "a proxy that cannot be used (InvalidURL: Invalid port"),
        ("PREFECT_HOME", "~nobody-of-this-name/x", "there is no such home folder; set it to a folder"),
    ],
)
def test_settings_that_prefect_cannot_read_are_told_in_a_line(
    name: str, value: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.yml").write_text("{]")
    line = ask(tmp_path, FAILING, PREFECT_API_URL=URL, **{name: value})
    assert told in line
    assert "\n" not in line
    assert "secret" not in line


def test_a_setting_in_a_file_that_prefect_cannot_read_is_told_with_its_group(tmp_path: Path) -> None:
    (tmp_path / "prefect.toml").write_text(f'[api]\nurl = "{URL}"\nrequest_timeout = "secret"\n')
    line = ask(tmp_path, FAILING)
    assert "(request_timeout of APISettings: Input should be a valid number" in line
    assert "secret" not in line
