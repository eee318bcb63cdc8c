"""Who signs with which key: a folder with one small TOML file per signer.

`organisation.toml` is the seal of the unit; every other file is a person. A key is used for the papers of
the one whom its certificate names, and for nobody else: see `Keyring.person`. docs/notices.md tells what such
a file says.
"""

import tomllib
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from notices.faults import NoticeFault, SigningUnavailable
from notices.signature_image import BLUE, RED, SignatureImage, load_image
from notices.signing_keys import SigningKeys
from notices.token_keys import Token, load_token_keys

ORGANISATION_FILE = "organisation.toml"
_TEXTS = {"officer", "name", "key", "password_file", "image", "token", "token_library"}
_NUMBERS = {"image_mm"}


@dataclass(frozen=True, slots=True)
class _Person:
    """A person's key: the name under the papers it signs, and the account, where the file names one."""

    file: Path
    name: str
    officer: str
    keys: SigningKeys


@dataclass(frozen=True, slots=True)
class RefusedSigner:
    """A person's file that does not work: what is wrong, and the account it names, where it can be read."""

    file: Path
    fault: NoticeFault
    officer: str

    def __str__(self) -> str:
        return f"{self.file.name}: {self.fault.detail}; mend it or take it away"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of an installation, each loaded once; `refused` are the files whose persons cannot sign."""

    organisation: SigningKeys
    _persons: tuple[_Person, ...]
    refused: tuple[RefusedSigner, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> "Keyring":
        """Read every file of the folder and open every key. A person's file that fails stops nobody else.

        Raises:
            NoticeFault: of the seal, without which nothing is signed: `keyring_unreadable` (its file says
                what is not understood), `key_unreadable` or `image_unusable`.
        """
        seal = folder / ORGANISATION_FILE
        if not seal.exists():
            raise NoticeFault(
                "keyring_unreadable", f"{seal} is missing: it names the key of the organisation's seal"
            )
        organisation = _keys(seal, _entry(seal))
        persons, refused = [], []
        for file in sorted(folder.glob("*.toml")):
            if file == seal:
                continue
            entry: dict[str, Any] = {}
            try:
                entry = _entry(file)
                keys = _keys(file, entry)
            except NoticeFault as fault:
                refused.append(RefusedSigner(file, fault, entry.get("officer", "")))
                continue
            name = entry.get("name", keys.name)
            persons.append(_Person(file, _folded(name), entry.get("officer", ""), keys))
        return cls(organisation, tuple(persons), tuple(refused))

    @property
    def keys(self) -> tuple[SigningKeys, ...]:
        """Every key, the organisation's first."""
        return (self.organisation, *(person.keys for person in self._persons))

    def person(self, name: str, officer: str = "") -> SigningKeys:
        """The key of the one whose name stands under the paper.

        A key whose file names an account signs for that account alone; two persons of one name are told
        apart by it.

        Raises:
            NoticeFault: `no_key_for_signer`, with what to do.
            SigningUnavailable: a token is away, and it may be this person's.
        """
        own = [str(entry) for entry in self.refused if officer and entry.officer == officer]
        if own:  # nor does a namesake's key sign for this account
            raise NoticeFault("no_key_for_signer", f"{'; '.join(own)}; then release this work")
        named = [person for person in self._persons if person.name == _folded(name)]
        fitting = [person for person in named if person.officer == officer] if officer else []
        away = [entry.fault for entry in self.refused if isinstance(entry.fault, SigningUnavailable)]
        if away and not fitting:
            raise away[0]
        fitting = fitting or [person for person in named if not person.officer]
        if len(fitting) == 1:
            return fitting[0].keys
        if fitting:
            files = ", ".join(person.file.name for person in fitting)
            raise NoticeFault(
                "no_key_for_signer", f"{files} all name {name}: write the account (officer) into each of them"
            )
        whom = f"{name} ({officer})" if officer else name
        raise NoticeFault(
            "no_key_for_signer",
            f"no certificate names {whom}: put the key and its .toml into the folder of the signers, then "
            "release this work" + "".join(f"; refused: {entry}" for entry in self.refused),
        )


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _entry(file: Path) -> dict[str, Any]:
    try:
        entry = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoticeFault("keyring_unreadable", f"{file}: {error}") from error
    unknown = sorted(set(entry) - _TEXTS - _NUMBERS)
    if unknown:
        raise NoticeFault("keyring_unreadable", f"{file}: {', '.join(unknown)} is no setting of a signer")
    wrong = sorted(name for name in _TEXTS & set(entry) if not isinstance(entry[name], str))
    if wrong:
        raise NoticeFault("keyring_unreadable", f"{file}: {', '.join(wrong)} must be a text")
    if not all(type(entry[name]) in (int, float) for name in _NUMBERS & set(entry)):
        raise NoticeFault("keyring_unreadable", f"{file}: image_mm must be a number of millimetres")
    return entry


def _keys(file: Path, entry: dict[str, Any]) -> SigningKeys:
    for name in ("key", "password_file"):
        if name not in entry:
            raise NoticeFault("keyring_unreadable", f"{file}: {name} is missing")
    secret = _secret(file.parent / entry["password_file"])
    if ("token" in entry) != ("token_library" in entry):
        raise NoticeFault("keyring_unreadable", f"{file}: a key on a token needs token and token_library")
    if "token" in entry:
        keys = load_token_keys(Token(entry["token_library"], entry["token"], entry["key"]), secret)
    else:
        keys = SigningKeys.load(file.parent / entry["key"], secret)
    return replace(keys, image=_image(file, entry))


def _image(file: Path, entry: dict[str, Any]) -> SignatureImage | None:
    """The image that a signer's file names; of a seal the true width must be said."""
    if "image" not in entry:
        return None
    colour = RED if file.name == ORGANISATION_FILE else BLUE
    if colour == RED and "image_mm" not in entry:
        raise NoticeFault(
            "keyring_unreadable", f"{file}: image_mm is missing: how many millimetres wide is the seal?"
        )
    return load_image(file.parent / entry["image"], colour, entry.get("image_mm"))


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoticeFault("key_unreadable", f"{path}: {error}") from error
