"""Write a file, or a folder, whole or not at all: beside its place first, synced, then renamed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clonotate.records import ClonotateError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes `path`'s place at the end, or vanishes after an error.

    Folders on the way are made. Raises ClonotateError where the file cannot be written.
    """
    beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ClonotateError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            beside.unlink()


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """The same for a folder; ClonotateError where there is something already that is not an empty one."""
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise ClonotateError(f"{path} is there already; name a folder that is new or empty")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.mkdir(parents=True)
        yield beside
        beside.replace(path)
    except OSError as error:
        raise ClonotateError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """All of `content` to `path`, or nothing, even if the machine goes down."""
    with whole(path) as beside:
        beside.write_bytes(content)
