"""Officers: Django users whose groups are roles and whose authorities are dated titles."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, Group, User
from django.db import transaction

from workflow import clock
from workflow.case import Actor
from workflow.commands import Authority
from workflow.law import competence
from workflow.models import Signer
from workflow.vocabulary import Role

HUMAN_ROLES = (
    Role.REVIEWER,
    Role.ADJUDICATOR,
    Role.HANDLER,
    Role.COMMANDER,
    Role.SIGNER,
    Role.CLERK,
    Role.AUDITOR,
    Role.ADMIN,
)


def actor_of(user: AbstractBaseUser) -> Actor:
    """The actor that a logged-in user is; the log keeps `user:<id>`, never the name."""
    names = set(Group.objects.filter(user=user.pk).values_list("name", flat=True))
    return Actor(f"user:{user.pk}", frozenset(role for role in HUMAN_ROLES if role in names))


def authority_of(user: User, at: datetime) -> Authority | None:
    """The title or delegation by which a user may sign at this second, or None."""
    row = Signer.objects.filter(user=user, valid_from__lte=at, valid_to__gte=at).order_by("-limit").first()
    if row is None:
        return None
    name = user.get_full_name() or user.get_username()
    return Authority(f"user:{user.pk}", name, row.title, row.basis, row.limit, row.code, row.on_behalf)


def account_of(actor: str) -> str:
    """The user name behind `user:<id>`; empty where there is no such account."""
    kind, _, number = actor.partition(":")
    if kind != "user" or not number.isdigit():
        return ""
    return User.objects.filter(pk=int(number)).values_list("username", flat=True).first() or ""


def create_officer(username: str, full_name: str, password: str, roles: tuple[Role, ...]) -> User:
    """Make or bring up to date an officer's account. Twice is the same as once."""
    family, _, given = full_name.strip().rpartition(" ")
    with transaction.atomic():
        user, _created = User.objects.get_or_create(username=username)
        user.first_name, user.last_name = family, given  # get_full_name() gives the Vietnamese order
        user.is_superuser = Role.ADMIN in roles
        user.set_password(password)
        user.save()
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


def grant_authority(  # noqa: PLR0913  # the seven facts of an appointment
    user: User, title: str, basis: str, limit: int, until: datetime, *, code: str = "", on_behalf: str = ""
) -> Signer:
    """Give a title from now on; the same again holds until the later day, other facts replace it.

    Without a code of `workflow.law.competence` the title is found by its name.
    """
    by_name = {name: key for key, name in competence.titles().items()}
    code, at = code or by_name.get(title, ""), clock.now()
    held = Signer.objects.filter(user=user, title=title, valid_to__gte=at)
    with transaction.atomic():
        facts = {"basis": basis, "limit": limit, "code": code, "on_behalf": on_behalf}
        held.exclude(**facts).update(valid_to=at)
        same = held.filter(**facts).first()
        if same is None:
            return Signer.objects.create(user=user, title=title, valid_from=at, valid_to=until, **facts)
        same.valid_to = max(same.valid_to, until)
        same.save(update_fields=["valid_to"])
        return same
