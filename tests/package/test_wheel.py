"""What people install: the sdist, the wheel, and the wheel alone in an empty environment."""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

from tests.package.conftest import ROOT, Built, Installed, python, run

import orchestrator
from orchestrator.runtime.extras import DISTRIBUTION

TYPED_APP = Path(__file__).with_name("typed_app.py")
COMMANDS = [
    "adapt",
    *("ask", "chat", "prompt", "index", "search", "compare", "eval", "experiment", "export", "mcp", "models", "tokens"),
    *("tool", "tools", "eval run", "eval score", "eval work", "eval datasets", "models pull", "models remove"),
]


def test_the_archives_pass_the_strict_checks(built: Built) -> None:
    python("-m", "twine", "check", "--strict", str(built.sdist), str(built.wheel))
    python("-m", "check_wheel_contents", "--no-config", str(built.wheel))


def test_the_sdist_holds_what_the_tests_need_and_nothing_else(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in names}
    folders = {"src", "tests", "examples", "benchmarks", "training", "docs"}
    files = {
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "pyproject.toml",
        "mkdocs.yml",
    }
    assert tops == folders | files | {".gitignore", "PKG-INFO"}
    assert "tests/package/test_wheel.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_holds_the_package_and_no_tests(built: Built) -> None:
    source = ROOT / "src"
    tracked = {str(path.relative_to(source).as_posix()) for path in source.rglob("*") if path.is_file()}
    with zipfile.ZipFile(built.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {name for name in tracked if "__pycache__" not in name}
    assert {"orchestrator/py.typed", "orchestrator/experiments/data/wordsim353.md"} <= names


def test_the_wheel_of_the_sdist_is_the_wheel_of_the_tree(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as one, zipfile.ZipFile(built.wheel_of_tree) as other:
        assert {each.filename: each.CRC for each in one.infolist()} == {
            each.filename: each.CRC for each in other.infolist()
        }


def test_the_metadata_has_one_version_and_one_home(built: Built) -> None:
    metadata = metadata_of(built.wheel)
    assert (metadata["Name"], metadata["Version"]) == (DISTRIBUTION, orchestrator.__version__)
    urls = dict(line.split(", ") for line in metadata.get_all("Project-URL", []))
    assert set(urls) == {"Homepage", "Documentation", "Changelog", "Issues"}
    assert all(url.startswith("https://github.com/orchestrator-llm/orchestrator") for url in urls.values())
    foreign = [line for line in metadata.get_all("Requires-Dist", []) if re.match(r"orchestrator(?!-llm)", line)]
    assert foreign == []  # that name on the index belongs to somebody else


def test_the_calculator_works_without_an_extra(installed: Installed) -> None:
    done = installed.command("tool", "CALCULATOR", "323*458")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "147934", "")


def test_the_command_is_the_installed_one(installed: Installed) -> None:
    assert installed.command("--version").stdout.strip() == f"orchestrator {orchestrator.__version__}"
    where = installed.run("-c", "import orchestrator; print(orchestrator.__file__)").stdout
    assert "site-packages" in where


def test_the_commands_are_these(installed: Installed) -> None:
    code = (
        "import typer; from orchestrator.cli import app\n"
        "for name, command in typer.main.get_command(app).commands.items():\n"
        "    print(name, *(f'{name} {sub}' for sub in getattr(command, 'commands', ())), sep='\\n')"
    )
    assert sorted(installed.run("-c", code).stdout.splitlines()) == sorted(COMMANDS)


def test_every_command_has_help_without_an_extra(installed: Installed) -> None:
    done = installed.command("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: orchestrator [OPTIONS] COMMAND" in done.stdout
    code = (
        "import sys; from orchestrator.cli import app; from typer.testing import CliRunner\n"
        "for command in sys.argv[1:]:\n"
        "    done = CliRunner().invoke(app, [*command.split(), '--help'], prog_name='orchestrator')\n"
        "    print(done.exit_code, done.stdout.split('[')[0].strip(), done.stderr)"
    )  # one process for all of them: each would take half a second to start
    told = installed.run("-c", code, *COMMANDS).stdout.splitlines()
    assert told == [f"0 Usage: orchestrator {command} " for command in COMMANDS]


def test_a_typed_app_runs_and_mypy_finds_nothing_to_say(installed: Installed, tmp_path: Path) -> None:
    app = tmp_path / TYPED_APP.name  # away from the checkout, whose configuration must not count
    app.write_text(TYPED_APP.read_text("utf-8"), "utf-8")
    done = installed.run(str(app))
    assert done.returncode == 0, done.stderr
    assert "323*458 = 147934" in done.stdout
    options = ("--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), "--python-executable")
    checked = run(sys.executable, "-m", "mypy", *options, str(installed.python), str(app), folder=tmp_path)
    assert (checked.returncode, checked.stdout.strip()) == (0, "Success: no issues found in 1 source file")


def test_mypy_does_find_a_mistake(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(
        "from orchestrator import Orchestrator\n\nn: int = Orchestrator('x').run('y').answer\n"
    )
    options = ("--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), "--python-executable")
    checked = run(sys.executable, "-m", "mypy", *options, str(installed.python), "wrong.py", folder=tmp_path)
    assert 'Incompatible types in assignment (expression has type "str", variable has type "int")' in checked.stdout


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())
