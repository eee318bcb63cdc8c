"""Who asks how often. Addresses and plates are kept as keyed digests only."""

import hashlib
import hmac
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from workflow import clock
from workflow.models import LookupLog

WINDOW = timedelta(minutes=10)
LOOKUPS = 30  # per client and window: a family's or a small fleet's plates, not a city's
FAILED_LOGINS = 10  # per name and client and window
FAILED_LOGINS_OF_CLIENT = 50


class TooManyError(Exception):
    """The client must wait; `seconds` says how long at most."""

    seconds = int(WINDOW.total_seconds())


def keyed(value: str) -> str:
    """A digest that nobody can reverse by trying all plates or addresses without the installation's key."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


def client_of(request: HttpRequest) -> str:
    """The digest of the client's address.

    X-Forwarded-For is believed as far as our own proxies wrote it: a client's own words stand further left.
    """
    hops = [request.META.get("REMOTE_ADDR", "")]
    if settings.PHATNGUOI_PROXIES:
        hops = [*request.headers.get("x-forwarded-for", "").split(","), *hops]
    nearest = hops[-1 - settings.PHATNGUOI_PROXIES :]
    return keyed(f"client:{_line_of(nearest[0].strip())}")


def _line_of(address: str) -> str:
    """The line that an address belongs to: one of IPv6 has 2^64 addresses, so it is known by its first half.

    What is no address, as a proxy may write it, stays as it is.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"


def check_lookup(request: HttpRequest) -> None:
    """Refuse a client that looked up too often.

    Raises:
        TooManyError: over the limit.
    """
    recent = LookupLog.objects.filter(client=client_of(request), at__gt=clock.now() - WINDOW)
    if recent.count() >= LOOKUPS:
        raise TooManyError


def note_lookup(request: HttpRequest, plate: str, found: int) -> None:
    """Log that somebody looked a plate up."""
    LookupLog.objects.create(
        at=clock.now(), client=client_of(request), plate=keyed(f"plate:{plate}"), found=found
    )


def _login_keys(request: HttpRequest, username: str) -> dict[str, int]:
    client = client_of(request)
    name = keyed(f"login:{username}")
    return {f"login:{client}:{name}": FAILED_LOGINS, f"login:{client}": FAILED_LOGINS_OF_CLIENT}


def login_blocked(request: HttpRequest, username: str) -> bool:
    """Whether this client failed too often, with this name or with any."""
    keys = _login_keys(request, username)
    counts = cache.get_many(keys)
    return any(counts.get(key, 0) >= limit for key, limit in keys.items())


def note_failed_login(request: HttpRequest, username: str) -> None:
    """Count a failure; the count is forgotten a window after the last one."""
    for key in _login_keys(request, username):
        cache.set(key, cache.get(key, 0) + 1, WINDOW.total_seconds())


def forget_failed_logins(request: HttpRequest, username: str) -> None:
    """A right password ends the suspicion against this name from this client."""
    cache.delete(next(iter(_login_keys(request, username))))
