"""`phatnguoi device`, `plates` and `officer`: what an administrator enters in the centre's registers."""

from pathlib import Path
from typing import Annotated

import typer

from config.cli_base import fail, password, ready
from config.i18n import gettext as _

device_app = typer.Typer(no_args_is_help=True, help=_("Cameras whose packages are taken."))
officer_app = typer.Typer(no_args_is_help=True, help=_("Accounts of officers, their roles and titles."))
plates_app = typer.Typer(no_args_is_help=True, help=_("Lists of plates that hold a case."))


@device_app.command("add", help=_("Register the camera of a profile: its key, certificate and site."))
def device_add(
    camera: Annotated[Path, typer.Option(help=_("camera profile (TOML)"))],
    plan: Annotated[str, typer.Option(help=_("the plan or decision it is used under"))] = "",
    days: Annotated[
        int, typer.Option(help=_("validity of key and certificate in days, back and ahead"))
    ] = 365,
) -> None:
    ready()
    from config import setup
    from detection.camera import ProfileFault, load_profile
    from detection.keys import KeyFault
    from workflow.law.deadlines import local

    try:
        enrolled = setup.enrol_device(load_profile(camera), plan, days)
    except (ProfileFault, KeyFault) as error:
        fail(str(error))
    told = _("{device} is registered: its key holds until {key}, its certificate {number} until {until}.")
    typer.echo(
        told.format(
            device=enrolled.device,
            key=f"{local(enrolled.key_until):%Y-%m-%d}",
            number=enrolled.certificate,
            until=f"{local(enrolled.certificate_until):%Y-%m-%d}",
        )
    )


@device_app.command("place", help=_("Where a camera stands, as measured: WGS 84, degrees."))
def device_place(device: str, latitude: float, longitude: float) -> None:
    ready()
    from config import setup

    try:
        setup.place_device(device, latitude, longitude)
    except setup.SetupError as error:
        fail(str(error))


@plates_app.command("load", help=_("Take in a CSV file: plate, valid_from, valid_to, source."))
def plates_load(
    kind: Annotated[str, typer.Argument(help=_("stolen or exempt"))],
    file: Annotated[Path, typer.Argument(help=_("the file; taken whole or not at all"))],
) -> None:
    ready()
    from workflow import plate_lists
    from workflow.models import PlateListing

    if kind not in PlateListing.Kind.values:
        fail(
            _("there is no list {kind}; known: {known}").format(kind=kind, known=", ".join(PlateListing.Kind))
        )
    try:
        count = plate_lists.load(PlateListing.Kind(kind), file)
    except plate_lists.ListError as error:
        fail(str(error))
    typer.echo(_("{count} plates taken in").format(count=count))


@officer_app.command("add", help=_("Make an officer's account; the password is read from standard input."))
def officer_add(
    username: str,
    name: Annotated[str, typer.Option(help=_("full name"))],
    roles: Annotated[str, typer.Option(help=_("roles by comma"))],
    title: Annotated[str, typer.Option(help=_("title of a signer"))] = "",
    basis: Annotated[str, typer.Option(help=_("decision that gives the title or delegation"))] = "",
    limit: Annotated[int, typer.Option(help=_("highest fine the title may impose, in đồng"))] = 0,
    on_behalf: Annotated[
        str, typer.Option(help=_("authority letters over the title, such as: KT. Trưởng phòng"))
    ] = "",
) -> None:
    ready()
    from config import setup

    try:
        new = setup.NewOfficer(username, name, roles, title, basis, limit, on_behalf)
        setup.add_officer(new, password())
    except setup.SetupError as error:
        fail(str(error))
