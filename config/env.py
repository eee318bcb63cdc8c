"""Every environment variable of an installation, in one table: read once, validated, with a clear error."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


class EnvError(Exception):
    """A variable that the installation cannot start with; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str
    meaning: str


# Bodies outside, each a folder or an address (docs/gateways.md).
GATEWAYS = {
    "registry": "vehicle registry",
    "post": "post office",
    "treasury": "treasury's payment statements",
    "inspection": "vehicle inspection register",
    "registration": "vehicle registration body",
    "licence": "driving licence body (points, suspension)",
    "publication": "CSGT site and VNeTraffic",
}

TABLE: tuple[Variable, ...] = (
    Variable(
        "PHATNGUOI_ENV", "local", "local, test or production; production refuses demo keys and defaults"
    ),
    Variable("PHATNGUOI_HOME", "var", "folder of data, files, keys and logs"),
    Variable("PHATNGUOI_DATABASE_URL", "", "postgresql://…; empty: SQLite in the home folder"),
    Variable("PHATNGUOI_REDIS_URL", "", "redis://…; empty: a server of our own on a private socket"),
    Variable(
        "PHATNGUOI_SECRET_KEY", "", "Django's secret; empty: the file secret.key made by `phatnguoi init`"
    ),
    Variable("PHATNGUOI_ALLOWED_HOSTS", "localhost,127.0.0.1", "host names of the portal, by comma"),
    Variable("PHATNGUOI_PUBLIC_URL", "http://localhost:8000", "address of the look-up, printed in the QR"),
    Variable("PHATNGUOI_PROXIES", "0", "reverse proxies before the portal; they tell the client's address"),
    Variable("PHATNGUOI_LANGUAGE", "vi", "language of messages where nobody chose one: vi or en"),
    Variable("PHATNGUOI_DEVICE", "cpu", "where networks run: cpu, cuda or cuda:0"),
    Variable(
        "PHATNGUOI_FINDER_ENGINE",
        "",
        "TensorRT engine of the finder for this graphics card; empty: PyTorch",
    ),
    Variable("PHATNGUOI_CLOCK_FILE", "", "file with a shift of the clock in seconds; refused in production"),
    Variable("PHATNGUOI_SIGNERS", "", "folder that says who signs with which key; empty: keys/signing/"),
    Variable("PHATNGUOI_TSA", "", "address of a time stamping authority (RFC 3161); empty: no time stamps"),
    *(
        Variable(
            f"PHATNGUOI_{name.upper()}", "", f"{what}: folder or https:// address; empty: {name}/ at home"
        )
        for name, what in GATEWAYS.items()
    ),
    Variable("PHATNGUOI_UNKEYED", "", "of these, by comma, the addresses that honour no idempotency key"),
    Variable("PHATNGUOI_GATEWAY_SECONDS", "10", "patience with one answer of an address, at most 15"),
    Variable("PHATNGUOI_PARENT_BODY", "Công an Thành phố Hồ Chí Minh", "line 1 of a paper's head"),
    Variable(
        "PHATNGUOI_UNIT",
        "Phòng Cảnh sát giao thông",
        "the unit as a sentence writes it; line 2 of a paper's head",
    ),
    Variable("PHATNGUOI_UNIT_SYMBOL", "PC08", "symbol in paper numbers (unverified: confirm with the unit)"),
    Variable("PHATNGUOI_UNIT_ADDRESS", "", "where an owner must come; empty: printed as not configured"),
    Variable(
        "PHATNGUOI_PAYMENT_PLACE", "", "where fines are paid, in a decision; empty: printed as not configured"
    ),
    Variable(
        "PHATNGUOI_DECISION_HOURS", "0", "hours in which a decision may be handed over before it is posted"
    ),
    Variable("PHATNGUOI_UNIT_PHONE", "", "telephone of the unit, shown in the look-up"),
    Variable("PHATNGUOI_PLACE", "TP. Hồ Chí Minh", "place name of a paper's date line"),
    Variable("PHATNGUOI_REVIEW_MINUTES", "15", "how long an officer holds a case that is open before them"),
    Variable("PHATNGUOI_KNOWN_SHARE", "0.05", "share of reviews that are cases with a known answer, 0 to 1"),
    Variable("PHATNGUOI_REJUDGE_SHARE", "0.05", "share of rejections that are judged again, 0 to 1"),
    Variable("PHATNGUOI_TRAVEL_KMH", "150", "faster between two cameras means a cloned plate (unverified)"),
    Variable("PHATNGUOI_APPOINTMENT_DAYS", "14", "days from approval to the appointment (unverified)"),
)


_LONGEST_PUBLIC_URL = 72  # with notice code and seal the QR has at most 240 characters


@dataclass(frozen=True, slots=True)
class Env:
    """The values as read, every one of `TABLE`."""

    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @property
    def home(self) -> Path:
        return Path(self["PHATNGUOI_HOME"]).resolve()

    def folder(self, name: str, default: str) -> Path:
        """A folder or file named by a variable, else the default place in the home folder."""
        return Path(self[name]).resolve() if self[name] else self.home / default

    def gateway(self, name: str) -> Path | str:
        """Where a body of `GATEWAYS` is found: a folder, or the address of its service."""
        variable = f"PHATNGUOI_{name.upper()}"
        return self[variable] if "://" in self[variable] else self.folder(variable, name)


def read(environ: dict[str, str] | None = None) -> Env:
    """Read and validate.

    Raises:
        EnvError: an unknown PHATNGUOI_ variable (a typing error would be silent), or a value that cannot be.
    """
    given = dict(os.environ if environ is None else environ)
    known = {variable.name for variable in TABLE}
    for name in given:
        if name.startswith("PHATNGUOI_") and name not in known:
            raise EnvError(f"{name} is no setting of this program; see docs/settings.md")
    env = Env({variable.name: given.get(variable.name) or variable.default for variable in TABLE})
    _validate(env)
    return env


def _number(text: str, least: float, most: float) -> bool:
    """Whether the text is a number between two others, both included."""
    try:
        return least <= float(text) <= most
    except ValueError:
        return False


def _validate_shares(env: Env) -> None:
    for name in ("PHATNGUOI_KNOWN_SHARE", "PHATNGUOI_REJUDGE_SHARE"):
        if not _number(env[name], 0, 1):
            raise EnvError(f"{name} must be a number from 0 to 1, such as 0.05")
    if not _number(env["PHATNGUOI_REVIEW_MINUTES"], 1, 1440):
        raise EnvError("PHATNGUOI_REVIEW_MINUTES must be a number of minutes from 1 to 1440")
    if not _number(env["PHATNGUOI_DECISION_HOURS"], 0, 48):  # it is due within two working days
        raise EnvError("PHATNGUOI_DECISION_HOURS must be a number of hours from 0 to 48")
    if not _number(env["PHATNGUOI_TRAVEL_KMH"], 70, 1000):
        raise EnvError("PHATNGUOI_TRAVEL_KMH must be a speed from 70 to 1000 km/h")


def _validate(env: Env) -> None:
    if env["PHATNGUOI_ENV"] not in {"local", "test", "production"}:
        raise EnvError("PHATNGUOI_ENV must be local, test or production")
    if env["PHATNGUOI_LANGUAGE"] not in {"vi", "en"}:
        raise EnvError("PHATNGUOI_LANGUAGE must be vi or en")
    if not env["PHATNGUOI_APPOINTMENT_DAYS"].isdigit():
        raise EnvError("PHATNGUOI_APPOINTMENT_DAYS must be a whole number of days")
    _validate_shares(env)
    if not env["PHATNGUOI_PROXIES"].isdigit():
        raise EnvError("PHATNGUOI_PROXIES must be the number of reverse proxies before the portal")
    _validate_gateways(env)
    _validate_stamps(env)
    _validate_portal(env)
    _validate_servers(env)
    if env["PHATNGUOI_ENV"] != "production":
        return
    if env["PHATNGUOI_CLOCK_FILE"]:
        raise EnvError("PHATNGUOI_CLOCK_FILE moves the legal clock: it is refused in production")
    for name in (
        "PHATNGUOI_DATABASE_URL",
        "PHATNGUOI_REDIS_URL",
        "PHATNGUOI_SECRET_KEY",
        "PHATNGUOI_UNIT_ADDRESS",
        "PHATNGUOI_PAYMENT_PLACE",
    ):
        if not env[name]:
            raise EnvError(f"{name} must be set in production; see docs/settings.md")


def _validate_portal(env: Env) -> None:
    address = env["PHATNGUOI_PUBLIC_URL"]
    if len(address) > _LONGEST_PUBLIC_URL:
        raise EnvError(
            f"PHATNGUOI_PUBLIC_URL must fit into a QR code: at most {_LONGEST_PUBLIC_URL} characters"
        )
    # Browsers tell where a form stood in just this form; in another one nobody could log in behind a proxy.
    if not re.fullmatch(r"https?://[^/?#@\sA-Z]+", address):
        raise EnvError(
            "PHATNGUOI_PUBLIC_URL must be https:// and a host in small letters: no path, no / after it"
        )
    if not re.fullmatch(r"[^\s,/]+(,[^\s,/]+)*", env["PHATNGUOI_ALLOWED_HOSTS"]):
        raise EnvError("PHATNGUOI_ALLOWED_HOSTS must be host names by comma: no spaces, no https://")


def _validate_servers(env: Env) -> None:
    """No message tells the value: passwords stand in it."""
    database = _parts(env["PHATNGUOI_DATABASE_URL"], {"postgresql", "postgres"})
    if env["PHATNGUOI_DATABASE_URL"] and not (database and re.fullmatch(r"/[^/@:]+", database.path)):
        raise EnvError(
            "PHATNGUOI_DATABASE_URL must be postgresql://user:password@host:port/name, with / ? # of a"
            " password written as %2F %3F %23; empty: SQLite in the home folder"
        )
    broker = _parts(env["PHATNGUOI_REDIS_URL"], {"redis", "rediss"})
    if env["PHATNGUOI_REDIS_URL"] and not (broker and broker.hostname):
        raise EnvError(
            "PHATNGUOI_REDIS_URL must be redis://:password@host:port/0, with / ? # of a password written as"
            " %2F %3F %23; empty: a server of our own"
        )


def _parts(address: str, schemes: set[str]) -> SplitResult | None:
    """The parts of a server's address, None where it is none of these schemes or cannot be taken apart."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # it is read here so that one that is no number is seen
    except ValueError:
        return None
    return parts if parts.scheme in schemes and not parts.fragment else None


def _validate_gateways(env: Env) -> None:
    for name in GATEWAYS:
        value = env[f"PHATNGUOI_{name.upper()}"]
        if "://" in value:
            _validate_address(
                f"PHATNGUOI_{name.upper()}", value, only_https=env["PHATNGUOI_ENV"] == "production"
            )
    unkeyed = {name for name in env["PHATNGUOI_UNKEYED"].split(",") if name}
    if unknown := sorted(unkeyed - set(GATEWAYS)):
        raise EnvError(f"PHATNGUOI_UNKEYED knows no {', '.join(unknown)}; known: {', '.join(GATEWAYS)}")
    try:
        # Three tries, and the pauses between them, must end before the task's time limit (workers/app.py).
        fits = 0 < float(env["PHATNGUOI_GATEWAY_SECONDS"]) <= 15
    except ValueError:
        fits = False
    if not fits:
        raise EnvError("PHATNGUOI_GATEWAY_SECONDS must be a number of seconds above 0 and at most 15")


def _validate_stamps(env: Env) -> None:
    address = env["PHATNGUOI_TSA"]
    if not address:
        return
    # the authority signs its answer: http:// loses nothing
    if urlsplit(address).scheme not in {"https", "http"}:
        raise EnvError("PHATNGUOI_TSA must be an https:// or http:// address")
    _validate_address("PHATNGUOI_TSA", address, only_https=False)


def _validate_address(name: str, address: str, *, only_https: bool) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ({"https"} if only_https else {"https", "http"}):
        raise EnvError(f"{name} must be a folder or an https:// address (http:// outside production only)")
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        # A secret in an address would stand in every log; it belongs into keys/gateways/.
        raise EnvError(f"{name} must be a plain address: a host and a path, no user, password or query")
