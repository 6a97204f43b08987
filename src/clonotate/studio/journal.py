"""The journal: every click on disk before it is shown. Only ever added to; all else is replayed from it.

SQLite by file name, PostgreSQL by URL, the same statements for both. A click is in the journal when `add`
returns: it is then synced to disk. One sequence number a session can be taken once, whoever writes.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sql
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from clonotate.copilot.effort import PAUSE
from clonotate.records import Author, Click, ClonotateError, Score, Source

Purpose = Literal["work", "practice", "policy"]
"""What a session is for: real work, a try with feedback, or a policy's turn at the same instance."""

TABLES = sql.MetaData()
SESSIONS = sql.Table(
    "sessions",
    TABLES,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("at", sql.BigInteger, nullable=False),
    sql.Column("purpose", sql.String(16), nullable=False),
    sql.Column("annotator", sql.String(80), nullable=False),
    sql.Column("source", sql.Text, nullable=False),
    sql.Column("layout", sql.String(64), nullable=False),
    sql.Column("parent", sql.String(32), nullable=False),
    sql.Column("copied", sql.Integer, nullable=False),
)
CLICKS = sql.Table(
    "clicks",
    TABLES,
    sql.Column("session", sql.ForeignKey("sessions.id"), primary_key=True),
    sql.Column("seq", sql.Integer, primary_key=True),
    sql.Column("id", sql.String(64), nullable=False),
    sql.Column("x", sql.Integer, nullable=False),
    sql.Column("y", sql.Integer, nullable=False),
    sql.Column("by", sql.String(16), nullable=False),
    sql.Column("screen", sql.String(64), nullable=False),
    sql.Column("ms", sql.BigInteger, nullable=False),
    sql.Column("at", sql.BigInteger, nullable=False),
    sql.Column("client_at", sql.BigInteger, nullable=False),
    sql.UniqueConstraint("session", "id"),
)
ENDINGS = sql.Table(
    "endings",
    TABLES,
    sql.Column("session", sql.ForeignKey("sessions.id"), primary_key=True),
    sql.Column("score", sql.Text),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A session as it begins. `at` is the server's clock, ms since 1970.

    One that was branched off another has its `parent`, and its first `copied` clicks are the parent's.
    """

    id: str
    at: int
    purpose: Purpose
    annotator: str
    source: Source
    layout: str
    parent: str = ""
    copied: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A click as it stands in the journal: the `seq`-th of its session, from 0.

    `id` is the page's own name for it, so that one sent twice is kept once; `screen` is the digest of what
    the person acted on. `ms` is since the session began, `at` and `client_at` are the clocks of server and
    page, ms since 1970.
    """

    session: str
    seq: int
    id: str
    click: Click
    by: Author
    screen: str
    ms: int
    at: int
    client_at: int


@dataclass(frozen=True, slots=True)
class Ending:
    """Done was pressed; `score` is None where nobody knows the truth."""

    score: Score | None


@dataclass(frozen=True, slots=True)
class Tally:
    """A session in two numbers: its clicks, and the ms spent on those that were not copied.

    A pause counts as `PAUSE` at most, so that a night between two clicks is not work.
    """

    clicks: int
    ms: int


class TakenError(Exception):
    """Somebody else's click has this place in the sequence, or this very click is there already."""


class Journal:
    """The journal at `where`: a file for SQLite, or a URL such as `postgresql://host/name`.

    Raises ClonotateError where it cannot be opened.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.engine = engine(where)
        try:
            TABLES.create_all(self.engine)
        except SQLAlchemyError as error:
            raise ClonotateError(f"cannot open the journal {where}: {first_line(error)}") from None

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def begin(self, opening: Opening, entries: Sequence[Entry] = (), ending: Ending | None = None) -> None:
        """A new session, with the clicks it starts from, all or nothing."""
        with self.writing() as connection:
            connection.execute(SESSIONS.insert(), opening_row(opening))
            if entries:
                connection.execute(CLICKS.insert(), [entry_row(entry) for entry in entries])
            if ending:
                connection.execute(ENDINGS.insert(), ending_row(opening.id, ending))

    def add(self, entry: Entry, ending: Ending | None = None) -> None:
        """One click, durably; with the ending if it was Done. Raises TakenError where its place is taken."""
        with self.writing() as connection:
            connection.execute(CLICKS.insert(), entry_row(entry))
            if ending:
                connection.execute(ENDINGS.insert(), ending_row(entry.session, ending))

    def openings(self) -> list[Opening]:
        """All sessions, the oldest first."""
        rows = self.read(SESSIONS.select().order_by(SESSIONS.c.at, SESSIONS.c.id))
        return [opening_of(row) for row in rows]

    def opening(self, session: str) -> Opening:
        """How a session began; ClonotateError if there is none of that name."""
        known = session.isalnum() and session.isascii()
        rows = self.read(SESSIONS.select().where(SESSIONS.c.id == session)) if known else []
        if not rows:
            raise ClonotateError(f"no session {session!r} in this journal")
        return opening_of(rows[0])

    def entries(self, session: str, since: int = 0) -> list[Entry]:
        """The clicks of a session in order, from the `since`-th on."""
        chosen = CLICKS.select().where(CLICKS.c.session == session, CLICKS.c.seq >= since)
        return [entry_of(row) for row in self.read(chosen.order_by(CLICKS.c.seq))]

    def tallies(self) -> dict[str, Tally]:
        """Clicks and time of every session that has a click."""
        before = sql.func.lag(CLICKS.c.ms).over(partition_by=CLICKS.c.session, order_by=CLICKS.c.seq)
        gap = CLICKS.c.ms - sql.func.coalesce(before, 0)
        spent = sql.case((CLICKS.c.seq < SESSIONS.c.copied, 0), (gap > PAUSE, PAUSE), else_=gap)
        steps = sql.select(CLICKS.c.session, spent.label("ms")).join(SESSIONS).subquery()
        counted = sql.select(steps.c.session, sql.func.count(), sql.func.sum(steps.c.ms))
        rows = map(tuple, self.read(counted.group_by(steps.c.session)))
        return {session: Tally(clicks, int(ms)) for session, clicks, ms in rows}

    def endings(self) -> dict[str, Ending]:
        """The sessions that are done, with their scores."""
        return {row.session: ending_of(row) for row in self.read(ENDINGS.select())}

    def read(self, query: sql.Select[Any]) -> Sequence[sql.Row[Any]]:
        """All rows of a query."""
        with self.engine.connect() as connection:
            return connection.execute(query).all()

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """A transaction that is on disk when it ends."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise TakenError from None
        except DBAPIError as error:
            raise ClonotateError(f"cannot write to the journal {self.where}: {first_line(error)}") from None


def engine(where: str) -> sql.Engine:
    """Connections to a journal, set up so that a commit is on disk."""
    if "://" not in where:
        path = Path(where).expanduser()
        if not path.parent.is_dir():
            raise ClonotateError(f"no such folder for the journal: {path.parent}")
        made = sql.create_engine(sql.URL.create("sqlite", database=str(path)))
        sql.event.listen(made, "connect", durable)
        return made
    try:
        url = sql.make_url(where)
    except SQLAlchemyError:
        raise ClonotateError("a journal is a file name or a URL such as postgresql://host/name") from None
    if url.get_backend_name() != "postgresql":
        raise ClonotateError(f"a journal is a SQLite file or postgresql://..., not {url.get_backend_name()}")
    try:
        return sql.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError:
        raise ClonotateError("PostgreSQL needs an extra: pip install 'clonotate[postgres]'") from None


def durable(connection: Any, _: Any) -> None:
    """SQLite told to sync its log at every commit; ClonotateError where the file system cannot do that."""
    cursor = connection.cursor()
    mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
    if mode != "wal":
        raise ClonotateError(
            "the file system of the journal allows no write-ahead log; put it on a local disk"
        )


def first_line(error: Exception) -> str:
    """What a database says is wrong, in one line."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


# Rows


def opening_row(opening: Opening) -> dict[str, Any]:
    return asdict(opening) | {"source": json.dumps(asdict(opening.source), sort_keys=True)}


def opening_of(row: sql.Row[Any]) -> Opening:
    return Opening(**dict(row._mapping) | {"source": Source(**json.loads(row.source))})


def entry_row(entry: Entry) -> dict[str, Any]:
    row = asdict(entry)
    del row["click"]
    return row | asdict(entry.click)


def entry_of(row: sql.Row[Any]) -> Entry:
    values = dict(row._mapping)
    return Entry(click=Click(values.pop("x"), values.pop("y")), **values)


def ending_row(session: str, ending: Ending) -> dict[str, Any]:
    return {"session": session, "score": json.dumps(asdict(ending.score)) if ending.score else None}


def ending_of(row: sql.Row[Any]) -> Ending:
    return Ending(Score(**json.loads(row.score)) if row.score else None)
