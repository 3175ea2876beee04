"""The wheel holds everything that the product needs, and works away from the repository."""

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from lppl.process import run

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PACKAGES = ("lppl", "scheduler", "streaming", "playout", "web")


def shipped(root: Path) -> set[str]:
    """Return every file of the packages that is not a source of the bundles or left by a run of Python."""
    return {
        path.relative_to(root).as_posix()
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and root / "web" / "assets" not in path.parents
    }


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a wheel is made from, because building leaves files behind."""
    copy = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for file in ROOT.glob("*"):
        if file.suffix in (".md", ".toml") or file.name.startswith("LICEN"):
            shutil.copy(file, copy)
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path) -> Path:
    """Build the wheel without the network, as `make wheel` does."""
    target = source / "dist"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(target)]
    subprocess.run([*pip, "wheel", *options, str(source)], check=True, timeout=120)
    (built,) = target.glob("lppl-*.whl")
    return built


def test_every_file_of_the_packages_is_inside(source: Path, wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == shipped(source)


def test_the_built_pages_are_inside(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    inside = set(archive.namelist())
    manifest = json.loads(archive.read("web/static/dist/manifest.json"))
    assert {"portal.js", "portal.css"} <= manifest.keys()
    assert {f"web/static/dist/{name}" for name in manifest.values()} <= inside
    assert any(name.startswith("web/templates/") and name.endswith(".html") for name in inside)
    assert b"hls.js" in archive.read("web/static/dist/licenses.txt")


async def test_the_command_works_from_elsewhere(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    await run([sys.executable, "-m", "venv", "--without-pip", str(home)])
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", str(python)]
    await run([*install, "install", "--no-deps", "--no-index", str(wheel)], timeout=120)
    # The libraries are those of this environment; its own .pth, which leads to the repository, is not followed.
    (packages,) = home.glob("lib/python3*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    inside = ["env", "--chdir", str(elsewhere), "-u", "PYTHONPATH", "COLUMNS=200", "TERM=dumb"]
    where = await run([*inside, str(python), "-c", "import lppl, web; print(lppl.__file__, web.__file__)"])
    for module in where.decode().split():
        assert Path(module).is_relative_to(packages)
    told = (await run([*inside, str(home / "bin" / "lppl"), "--help"], timeout=60)).decode()
    for command in ("serve", "media", "doctor", "backup", "restore", "bench"):
        assert command in told
