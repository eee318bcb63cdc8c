"""What benchmarks/workflow.py measures in large tables, and the papers that it renders."""

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks._people import ACT_AT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workflow.models import Case, Package

PAPERS = 10  # rendered and signed
LOOKS = 500  # for sightings of one plate each
PER_PLATE = 10  # sightings, over ninety days


def papers(cases: "list[Case]") -> dict[str, float]:
    """Rendering and signing of notices, each alone in this process."""
    from django.conf import settings

    from notices.render import render_notice
    from notices.signing import Keyring, sign_pdf
    from workflow import clock, log
    from workflow.notice_facts import notice_facts

    unit, person = Keyring.load(settings.PHATNGUOI_SIGNERS).keys[:2]
    facts = [notice_facts(case, log.load(case)) for case in cases[:PAPERS]]
    rendered = [render_notice(facts[0])]
    sign_pdf(rendered[0], person, unit, at=clock.now())
    begun = time.perf_counter()
    rendered = [render_notice(each) for each in facts]
    between = time.perf_counter()
    for pdf in rendered:
        sign_pdf(pdf, person, unit, at=clock.now())
    ended = time.perf_counter()
    return {
        "rendered_per_s": round(len(facts) / (between - begun), 2),
        "signed_twice_per_s": round(len(facts) / (ended - between), 2),
    }


def sweep(home: "Path", package: "Package", rows: int, collect: "Callable[[], Case]") -> dict[str, float]:
    """How long the sweep takes to find what is due among so many open cases, and to let it elapse."""
    from django.db import connection

    from workflow import clock, sweep
    from workflow.models import Case

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflow_package (id, manifest_sha256, path, received_at, device_id, reader,"
            " vehicle_colour) SELECT 'open-' || n, repeat('0', 64), '-', now(), %s, '', ''"
            " FROM generate_series(1, %s) n",
            [package.device_id, rows],
        )
        _many_cases(cursor, rows)
        cursor.execute("ANALYZE workflow_case")
    for _ in range(100):
        collect()  # their clock NOTIFY ends ten days after the act
    file = home / "clock"
    clock.set_shift(file, timedelta(days=20) + (clock.now() - datetime.now(UTC)))
    begun = time.perf_counter()
    due = Case.objects.filter(next_due__lt=clock.now()).order_by("next_due", "pk")
    found = len(list(due.values_list("pk", flat=True)[:500]))
    between = time.perf_counter()
    swept = sweep.sweep(500)
    return {
        "open_cases": rows,
        "due": found,
        "elapsed": swept.elapsed,
        "sweep_s": round(between - begun, 4),
        "elapse_s": round(time.perf_counter() - between, 3),
    }


def _many_cases(cursor: Any, rows: int) -> None:
    """Notified cases of which none is due, each like the other but for its name."""
    from django.db import connection

    from workflow.models import Case

    like = Case(version=1, state="notified", recorded_at=ACT_AT, site="X", act="red_light", published=True)
    fields = [field for field in Case._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    values = {
        str(field.column): field.get_db_prep_save(getattr(like, field.attname), connection)
        for field in fields
    }
    named = {
        "reference": "'PNX-' || n",
        "package_id": "'open-' || n",
        "next_due": "now() + interval '1 year' + n * interval '20 seconds'",
    }
    columns = [*named, *(column for column in values if column not in named)]
    chosen = [*named.values(), *("%s" for column in values if column not in named)]
    cursor.execute(
        f"INSERT INTO workflow_case ({', '.join(columns)})"  # noqa: S608  # names of ours
        f" SELECT {', '.join(chosen)} FROM generate_series(1, %s) n",
        [*(value for column, value in values.items() if column not in named), rows],
    )


def look_ups(package: "Package", rows: int) -> dict[str, Any]:
    """How long the shield looks for other sightings of a plate among so many.

    The sightings stand without cases, which nothing of the look-up reads; the server is told not to ask.
    """
    from django.db import connection

    from workflow import checks
    from workflow.models import Case, Sighting

    begun = time.perf_counter()
    [index] = Sighting._meta.indexes  # noqa: SLF001  # how Django tells
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        editor.remove_index(Sighting, index)
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            "INSERT INTO workflow_sighting (case_id, plate, device_id, at)"
            " SELECT 1000000000 + n, '30A' || lpad((n::bigint * 7919 %% %s)::text, 7, '0'), %s,"
            " timestamptz '2026-08-01' + random() * interval '90 days'"
            " FROM generate_series(1, %s) n",
            [max(rows // PER_PLATE, 1), package.device_id, rows],
        )
        editor.add_index(Sighting, index)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workflow_sighting")
    loaded, seconds, found = time.perf_counter() - begun, [], 0
    for number in range(LOOKS):
        seen = Sighting.objects.get(pk=1_000_000_000 + 1 + number * (rows // LOOKS))
        case = Case(pk=seen.pk, plate=seen.plate, recorded_at=seen.at)
        begun = time.perf_counter()
        found += len(checks.elsewhere(case))
        seconds.append(time.perf_counter() - begun)
    return {
        "sightings": rows,
        "sightings_loaded_s": round(loaded, 1),
        "sightings_found": found,
        "look_up_ms": {
            "median": round(1000 * median(seconds), 2),
            "p99": round(1000 * sorted(seconds)[LOOKS * 99 // 100], 2),
        },
    }
