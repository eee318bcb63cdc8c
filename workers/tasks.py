"""The Celery tasks: one per kind of work, each told nothing but the number of its outbox row."""

from workers import extraction, filing, papers, sanctions, shell, slips, telling
from workers.app import app
from workflow.effects import TELLING
from workflow.vocabulary import Task

STEPS: dict[Task, shell.Step] = {
    Task.EXTRACT: extraction.extract,
    Task.DETERMINE_OWNER: filing.determine_owner,
    Task.FILE_CASE: filing.file_case,
    Task.RENDER_NOTICE: papers.render,
    Task.DELIVER_NOTICE: papers.deliver,
    Task.RESEND_NOTICE: papers.resend,
    Task.WITHDRAW_NOTICE: papers.withdraw,
    Task.SEND_SLIP: slips.send,
    Task.PRINT_RECORD: sanctions.print_record,
    Task.PRINT_DECISION: sanctions.print_decision,
    Task.SEND_DECISION: sanctions.send_decision,
    Task.APPLY_POINTS: filing.apply_points,
    Task.CLOSE_CASE: filing.close,
    Task.REPORT_END: papers.report_end,
    Task.PURGE: filing.purge,
    **dict.fromkeys(TELLING, telling.tell),
}


def work(outbox_id: int) -> None:
    """Every task: the row says which step is meant, the state of the case says whether it is due."""
    shell.run(outbox_id, STEPS)


for _task in Task:
    app.task(name=_task.value)(work)
