"""A journal of each kind, and a studio that runs while a module is tested."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Server, free_port, serving

from clonotate.studio.journal import Journal

NOBODY = "nobody"  # PostgreSQL refuses to be served by root


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL of our own; skips where none can be started."""
    if not (shutil.which("initdb") and shutil.which("pg_ctl")):
        pytest.skip("no initdb and pg_ctl: the journal is not tested on PostgreSQL here")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        data, port = f"{folder}/data", free_port()
        as_nobody = ["runuser", "-u", NOBODY, "--"] if Path("/proc/self").stat().st_uid == 0 else []
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"

        def call(*command: str) -> None:
            subprocess.run(
                [*as_nobody, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120
            )

        call("initdb", "-D", data, "-U", "studio", "-A", "trust", "--no-sync")
        call("pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start")
        try:
            yield f"postgresql://studio@127.0.0.1:{port}"
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty journal may be kept: a file, and a database."""
    if request.param == "sqlite":
        return str(tmp_path / "studio.sqlite")
    server = request.getfixturevalue("postgres")
    name = f"studio_{abs(hash(str(tmp_path)))}"
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return f"{server}/{name}"


@pytest.fixture
def journal(where: str) -> Iterator[Journal]:
    """An empty journal."""
    opened = Journal(where)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A studio with an empty journal."""
    folder = tmp_path_factory.mktemp("studio")
    with serving(str(folder / "studio.sqlite"), folder, "--policy", "expert") as started:
        yield started
