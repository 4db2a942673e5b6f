"""One CKAN: its configuration, database, core, Redis database and files, its web process and its worker."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import requests

from dev.errors import DevError, last_lines
from dev.paths import ROOT, VENV, VENV_PYTHON, site_packages
from dev.ports import HOST, find_free, require_free
from dev.process import MARK, Process, call
from dev.stack import STACK_VARIABLE, TEMPLATE_PREFIX, Stack

# Ours first, so that our templates and chained actions come before those of others.
PLUGINS = (
    "regional",
    "regional_curation",
    "regional_harvest",
    "regional_needs",
    "scheming_datasets",
    "scheming_organizations",
    "activity",
    "datastore",
    "dcat",
    "stats",
    "text_view",
)
PLAIN_PLUGINS = ("activity", "datastore", "stats", "text_view")
SCHEMING = {
    "scheming.dataset_schemas": "ckanext.regional:schemas/dataset.yaml",
    "scheming.organization_schemas": "ckanext.regional:schemas/organization.yaml",
    "scheming.presets": "ckanext.scheming:presets.json ckanext.regional:schemas/presets.yaml",
}
#: For ckanext-dcat: our profile in place of its own, licences where DCAT-AP has them, keys that stay keys.
DCAT = {
    "ckanext.dcat.rdf.profiles": "regional_dcat_ap_3",
    "ckanext.dcat.resource.inherit.license": "true",
    "ckanext.dcat.translate_keys": "false",
}
WEB_WORKERS = 2
WEB_THREADS = 4
_START_TIMEOUT = 120
# Migrated databases to copy from: one for each set of plugins and state of the migrations.
_TEMPLATES_KEPT = 6

_LOGGING = """
[loggers]
keys = root, ckan, ckanext

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console

[logger_ckan]
level = INFO
handlers = console
qualname = ckan
propagate = 0

[logger_ckanext]
level = INFO
handlers = console
qualname = ckanext
propagate = 0

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(asctime)s %(levelname)-5.5s [%(name)s] %(message)s
"""


def database_name(stack: Stack, site: str) -> str:
    """Name of a site's database and core; with the stack's name, since a named server may carry others."""
    return f"{stack.name}_{site}".replace("-", "_")


def datastore_name(stack: Stack, site: str) -> str:
    """Name of a site's datastore database."""
    return f"{database_name(stack, site)}_datastore"


class Site:
    """One CKAN on a stack."""

    def __init__(
        self,
        stack: Stack,
        name: str,
        *,
        port: int | None = None,
        plugins: Sequence[str] = PLUGINS,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.stack = stack
        self.name = name
        self.plugins = tuple(plugins)
        self.settings = dict(settings or {})
        self.home = stack.home / "sites" / name
        self.ini = self.home / "ckan.ini"
        self.storage = self.home / "storage"
        self.web = Process(stack.home, f"site-{name}-web")
        self.database = database_name(stack, name)
        self.datastore = datastore_name(stack, name)
        self.redis_number = stack.redis_number(name)
        self.port = port or self.web.last_port or find_free()

    @property
    def url(self) -> str:
        """Address of the site."""
        return f"http://{HOST}:{self.port}"

    @property
    def secret_key(self) -> str:
        """What signs cookies and tokens: made once and kept, so that a token of the last run stays good."""
        path = self.home / "secret_key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32))
        return path.read_text()

    def worker(self, number: int = 1) -> Process:
        """The numbered RQ worker."""
        return Process(self.stack.home, f"site-{self.name}-worker-{number}")

    def reset(self) -> None:
        """Make the site empty: configuration, migrated databases, core, Redis database, files."""
        self.stop()
        self.write_ini()
        self._create_databases()
        self.stack.solr.reset(self.database)
        self.stack.valkey.flush(self.redis_number)
        shutil.rmtree(self.storage, ignore_errors=True)
        self.storage.mkdir(parents=True)

    def start(self, workers: int = 1) -> None:
        """Start the web process and workers, and wait for the first page.

        :raises DevError: when the port is taken or the site does not answer.
        """
        self.begin(workers)
        self.finish()

    def begin(self, workers: int = 1) -> None:
        """Start the processes without waiting."""
        if not self.web.running:
            self.launch_web()
        for number in range(1, workers + 1):
            self.start_worker(number)

    def finish(self) -> None:
        """Wait until the site answers."""
        self.web.wait_until(self.answers, _START_TIMEOUT)

    def start_web(self) -> None:
        """Start the web process alone and wait for it."""
        self.launch_web()
        self.finish()

    def launch_web(self) -> None:
        """Start the web process without waiting."""
        require_free(self.port, "End it, or name other ports: DEMO_PORTS=5101,5102 ./demo")
        command = [
            VENV / "bin" / "gunicorn", "dev.wsgi:application", "--bind", f"{HOST}:{self.port}",
            "--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS), "--worker-class", "gthread",
            "--timeout", "120", "--graceful-timeout", "5", "--worker-tmp-dir", str(self.home), "--no-control-socket",
            "--preload",
            "--access-logfile", str(self.stack.home / "log" / f"site-{self.name}-access.log"),
        ]  # fmt: skip
        self.web.start(command, env=self.environment(), cwd=ROOT, port=self.port)

    def stop_web(self) -> None:
        """End the web process."""
        self.web.stop()

    def start_worker(self, number: int = 1) -> Process:
        """Start an RQ worker on all queues of the site."""
        process = self.worker(number)
        if not process.running:
            process.start([VENV / "bin" / "ckan", "-c", self.ini, "jobs", "worker"], env=self.environment(), cwd=ROOT)
        return process

    def stop_worker(self, number: int = 1) -> None:
        """Ask an RQ worker to end after the job that it works on; one that takes more than five seconds is cut off."""
        self.worker(number).stop(timeout=5)

    def kill_worker(self, number: int = 1) -> None:
        """Kill an RQ worker in the middle of its job."""
        self.worker(number).kill()

    def stop(self) -> None:
        """End all processes of the site."""
        self.web.stop()
        for record in (self.stack.home / "run").glob(f"site-{self.name}-worker-*.json"):
            Process(self.stack.home, record.stem).stop(timeout=5)

    def drop(self) -> None:
        """Remove the site and all its data."""
        self.stop()
        self.stack.postgres.drop(self.database)
        self.stack.postgres.drop(self.datastore)
        self.stack.solr.drop(self.database)
        self.stack.valkey.flush(self.redis_number)
        self.stack.forget_redis_number(self.name)
        shutil.rmtree(self.home, ignore_errors=True)

    def answers(self) -> bool:
        """Whether the API answers."""
        try:
            return requests.get(f"{self.url}/api/3/action/status_show", timeout=30).ok
        except requests.RequestException:
            return False

    def ckan(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``ckan -c INI`` with arguments.

        :raises DevError: when it fails and ``check`` is on.
        """
        return self.run([VENV / "bin" / "ckan", "-c", self.ini, *arguments], check=check)

    def add_administrator(self, password: str, name: str = "admin") -> str:
        """Add a sysadmin; their API token.

        :raises DevError: when it fails.
        """
        command = [VENV_PYTHON, "-m", "dev.administrator", self.ini, name, password]
        return self.run(command).stdout.split()[-1]

    def run(self, command: Sequence[str | Path], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the site's environment.

        :raises DevError: when it fails and ``check`` is on.
        """
        done = call(command, env=self.environment(), cwd=ROOT)
        if check and done.returncode != 0:
            what = " ".join(done.args)
            raise DevError(
                f"{self.name}: `{what}` failed ({done.returncode}):\n{last_lines(done.stdout + done.stderr, 30)}"
            )
        return done

    def environment(self) -> dict[str, str]:
        """The environment of the site's processes: CKAN_* variables would override the configuration file."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CKAN_", "PG"))}
        return {
            **kept,
            "CKAN_INI": str(self.ini),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore::DeprecationWarning",
            MARK: str(self.stack.home),
        }

    def variables(self) -> dict[str, str]:
        """The variables that make a CKAN of another configuration file use this site's resources."""
        return {
            "CKAN_SQLALCHEMY_URL": self.stack.postgres.url(self.database),
            "CKAN_DATASTORE_WRITE_URL": self.stack.postgres.url(self.datastore),
            "CKAN_DATASTORE_READ_URL": self.stack.postgres.url(self.datastore, self.stack.postgres.reader),
            "CKAN_SOLR_URL": self.stack.solr.url(self.database),
            "CKAN_REDIS_URL": self.stack.valkey.url(self.redis_number),
            "CKAN_STORAGE_PATH": str(self.storage),
            STACK_VARIABLE: self.stack.name,
        }

    def write_ini(self, **overrides: str) -> None:
        """Write the configuration file."""
        self.home.mkdir(parents=True, exist_ok=True)
        values = {**self._configuration(), **overrides}
        lines = "".join(f"{key} = {value.replace('%', '%%')}\n" for key, value in values.items())
        self.ini.touch(mode=0o600)
        self.ini.write_text(f"[DEFAULT]\ndebug = false\n\n[app:main]\nuse = egg:ckan\n{lines}{_LOGGING}")

    def _configuration(self) -> dict[str, str]:
        plugins = {"ckan.plugins": " ".join(self.plugins)}
        scheming = SCHEMING if "regional" in self.plugins else {}
        dcat = DCAT if {"regional", "dcat"} <= set(self.plugins) else {}
        return {
            **plugins,
            "SECRET_KEY": self.secret_key,
            "ckan.site_id": self.name,
            "ckan.site_url": self.url,
            "ckan.site_title": self.name,
            # Cookies do not look at the port: two sites of one host must not share a name.
            "SESSION_COOKIE_NAME": f"ckan-{self.name}",
            "REMEMBER_COOKIE_NAME": f"ckan-{self.name}-remember",
            "ckan.locale_default": "fr",
            "ckan.locales_offered": "fr en",
            "ckan.auth.create_user_via_web": "false",
            "ckan.auth.create_user_via_api": "false",
            "ckan.storage_path": str(self.storage),
            "ckan.views.default_views": "text_view",
            "sqlalchemy.url": self.stack.postgres.url(self.database),
            "ckan.datastore.write_url": self.stack.postgres.url(self.datastore),
            "ckan.datastore.read_url": self.stack.postgres.url(self.datastore, self.stack.postgres.reader),
            "solr_url": self.stack.solr.url(self.database),
            "ckan.redis.url": self.stack.valkey.url(self.redis_number),
            # Nothing listens there: no letter ever leaves a demo.
            "smtp.server": f"{HOST}:9",
            "smtp.mail_from": f"{self.name}@example.org",
            **scheming,
            **dcat,
            **self.settings,
        }

    def _create_databases(self) -> None:
        postgres = self.stack.postgres
        postgres.create(self.datastore)
        self._grant_datastore()
        template = self.stack.template(self.plugins)
        if not postgres.exists(template):
            building = f"{template}_building"
            postgres.create(building)
            self.write_ini(**{"sqlalchemy.url": postgres.url(building)})
            self.ckan("db", "upgrade")
            postgres.rename(building, template)
            postgres.drop_oldest(TEMPLATE_PREFIX, _TEMPLATES_KEPT)
            self.write_ini()
        postgres.create(self.database, template)

    def _grant_datastore(self) -> None:
        """Run the datastore's own script, as ``ckan datastore set-permissions | psql`` would in three seconds more."""
        script = (site_packages() / "ckanext" / "datastore" / "set_permissions.sql").read_text()
        owner = self.stack.postgres.owner
        script = script.replace("\\connect {datastoredb}", "").replace(
            "REVOKE CONNECT ON DATABASE {maindb} FROM {readuser};", ""
        )
        names = {
            "datastoredb": self.datastore,
            "mainuser": owner,
            "writeuser": owner,
            "readuser": self.stack.postgres.reader,
        }
        for key, name in names.items():
            script = script.replace(f"{{{key}}}", f'"{name}"')
        with closing(self.stack.postgres.connect(self.datastore)) as link, link.cursor() as cursor:
            cursor.execute(script)
