"""SQLite under everything: objects, idempotency keys, deliveries, jobs, faults, settings, requests.

One request is one transaction, so a process killed at any moment has either done all of it or nothing;
WAL keeps what was committed.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.standin.exchange import Json

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, body TEXT NOT NULL, private TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_type ON objects (account, type, seq);
CREATE TABLE IF NOT EXISTS idempotency (
  account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
  body TEXT NOT NULL, refusal TEXT, created INTEGER NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, event TEXT NOT NULL, endpoint TEXT NOT NULL,
  due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, answer TEXT);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, due REAL NOT NULL, kind TEXT NOT NULL,
  subject TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY AUTOINCREMENT, remaining INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
"""


class Store:
    """Thread-safe: one connection, one transaction at a time."""

    def __init__(self, path: Path | str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._connection.row_factory = sqlite3.Row
        self._lock = threading.RLock()
        self._depth = 0
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + TABLES)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner one is undone alone when it raises."""
        with self._lock:
            name = f"level_{self._depth}"
            self._connection.execute("BEGIN IMMEDIATE" if not self._depth else f"SAVEPOINT {name}")
            outermost = not self._depth
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                self._connection.execute("ROLLBACK" if outermost else f"ROLLBACK TO {name}")
                if not outermost:
                    self._connection.execute(f"RELEASE {name}")
                raise
            self._depth -= 1
            self._connection.execute("COMMIT" if outermost else f"RELEASE {name}")

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        with self._lock:
            return self._connection.execute(sql, values)

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    def setting(self, name: str, default: Any) -> Any:
        """A JSON value kept across restarts."""
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return default if row is None else json.loads(row["value"])

    def set_setting(self, name: str, value: Any) -> None:
        self.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.dumps(value))

    def save(self, account: str, body: Json, private: Json | None = None) -> None:
        """Insert or replace an object. `private`, when given, replaces what is kept beside it unseen."""
        if self.row("SELECT seq FROM objects WHERE id = ?", body["id"]) is None:
            self.run(
                "INSERT INTO objects (account, type, id, created, body, private) VALUES (?, ?, ?, ?, ?, ?)",
                account, body["object"], body["id"], body.get("created", 0), json.dumps(body),
                json.dumps(private or {}),
            )  # fmt: skip
            return
        self.run("UPDATE objects SET body = ? WHERE id = ?", json.dumps(body), body["id"])
        if private is not None:
            self.run("UPDATE objects SET private = ? WHERE id = ?", json.dumps(private), body["id"])

    def load(self, account: str, kind: str, ident: str) -> tuple[Json, Json] | None:
        """(body, private) of an object of this account, or None."""
        row = self.row(
            "SELECT body, private FROM objects WHERE account = ? AND type = ? AND id = ?",
            account,
            kind,
            ident,
        )
        return None if row is None else (json.loads(row["body"]), json.loads(row["private"]))

    def delete(self, ident: str) -> None:
        self.run("DELETE FROM objects WHERE id = ?", ident)
