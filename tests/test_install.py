"""What installs for the tests is told where pip would look."""

from __future__ import annotations

import pytest

from tests.install import NotTold, settings_for_uv


def test_uv_is_told_what_pip_is_set_to():
    listed = """global.extra-index-url='https://a.example/simple\\nhttps://b.example/simple'
global.find-links='/wheels /more'
global.timeout='60'
install.constraint='caps.txt'
install.no-index='true'
"""
    assert settings_for_uv(listed) == {
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_HTTP_TIMEOUT": "60",
        "UV_CONSTRAINT": "caps.txt",
        "UV_NO_INDEX": "true",
    }


def test_the_environment_wins_over_files_wherever_it_stands():
    listed = ":env:.find-links='/here'\nglobal.find-links='/there'\n"
    assert settings_for_uv(listed) == {"UV_FIND_LINKS": "/here"}


def test_what_changes_nothing_of_what_is_installed_is_no_matter():
    listed = ":env:.disable-pip-version-check='1'\nglobal.progress-bar='off'\n"
    assert settings_for_uv(listed) == {}


def test_a_setting_that_uv_cannot_be_told_is_named():
    with pytest.raises(NotTold, match="no-binary"):
        settings_for_uv("global.no-binary=':all:'\n")
