"""Heavy work is done one job after the other, each by a process of its own and within bounds.

A process can be stopped, its memory goes with it, and a search beside it loses no time to it.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

MOST_WAITING = 6
MOST_KEPT = 24
MOST_SECONDS = 180.0
_ROOT = Path(__file__).resolve().parents[2]
_BOX = re.compile(r"^│\s?(.*?)\s*│$")
_LONGEST = 600
_log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "stopped"]


class JobsBusyError(RuntimeError):
    """No more work is taken on at present; the message is for the visitor."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """What jobs are called, in words for visitors.

    Attributes:
        one, many: "report", "reports".
        result: File that a job which ended well has written; its standard output is `PRINTED`.
        too_long: What to do where one takes longer than is allowed here.
    """

    one: str
    many: str
    result: str
    too_long: str


PRINTED = "out.jsonl"
REPORTS = JobKind(
    "report",
    "reports",
    "report.html",
    "Bring fewer rows, or run `python -m search_core verify` on a machine of yours.",
)


@dataclass
class VisitorJob:
    """One piece of work.

    Attributes:
        id: Its name, which nobody can guess.
        owner: Whose it is.
        folder: Where its files are.
        command: What makes it.
    """

    id: str
    owner: str
    folder: Path
    command: Sequence[str] = ()
    state: State = "waiting"
    why: str = ""
    process: subprocess.Popen[bytes] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def open(self) -> bool:
        """Whether it is not over yet."""
        return self.state in ("waiting", "running")

    def stop(self) -> None:
        """End it, whether it has begun or not."""
        with self.lock:
            if self.open:
                self.state = "stopped"
            if self.process is not None and self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def progress(self) -> str:
        """The last line that its command has said."""
        return _last_line(_read(self.folder / "err.txt"))


class VisitorJobs:
    """The jobs of all visitors.

    Args:
        seconds: How long one may take.
        waiting: How many may stand in line, the one that is being done among them.
        kind: What they make.
    """

    def __init__(
        self,
        seconds: float = MOST_SECONDS,
        waiting: int = MOST_WAITING,
        kind: JobKind = REPORTS,
    ) -> None:
        self._seconds, self._waiting, self._kind = seconds, waiting, kind
        self._jobs: OrderedDict[str, VisitorJob] = OrderedDict()
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._line: queue.SimpleQueue[VisitorJob] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None

    def new(self, owner: str) -> VisitorJob:
        """A job that is going to be asked for, with a folder for its files.

        Raises:
            JobsBusyError: This visitor has one under way, or too many others have.
        """
        with self._lock:
            under_way = [job for job in self._jobs.values() if job.open]
            if any(job.owner == owner for job in under_way):
                raise JobsBusyError(
                    f"Your last {self._kind.one} is still being made. Wait for it, or stop it."
                )
            if len(under_way) >= self._waiting:
                raise JobsBusyError(
                    f"{len(under_way)} {self._kind.many} are being made or wait already. Try again "
                    "in a minute."
                )
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix=f"espalier-{self._kind.one}-")
            job = VisitorJob(secrets.token_urlsafe(16), owner, Path(self._folder.name))
            job.folder = job.folder / job.id
            job.folder.mkdir()
            self._jobs[job.id] = job
            self._make_room()
            return job

    def start(self, job: VisitorJob, command: Sequence[str]) -> None:
        """Put it in line."""
        job.command = command
        with self._lock:
            if self._worker is None:
                # A daemon: nobody waits for one once the server ends.
                self._worker = threading.Thread(
                    target=self._work, name=self._kind.many, daemon=True
                )
                self._worker.start()
                atexit.register(self.close)
        self._line.put(job)

    def close(self) -> None:
        """Stop all that is under way."""
        for job in list(self._jobs.values()):
            job.stop()

    def get(self, job_id: str) -> VisitorJob | None:
        """The job of this name, if it is still kept."""
        return self._jobs.get(job_id)

    def told(self, job: VisitorJob) -> dict[str, Any]:
        """How it stands, as JSON values."""
        before = 0
        with self._lock:
            for other in self._jobs.values():
                if other is job:
                    break
                before += other.open
        said = job.progress() if job.state == "running" else job.why
        return {"id": job.id, "state": job.state, "before": before, "said": said}

    def _work(self) -> None:
        while True:
            job = self._line.get()
            try:
                self._make(job)
            except Exception:
                _log.exception("A %s could not be made.", self._kind.one)
                job.state = "failed"
                job.why = f"The {self._kind.one} could not be made; the server's log says why."

    def _make(self, job: VisitorJob) -> None:
        with job.lock:
            if not job.open:
                return
            job.process = self._begin(job)
            job.state = "running"
        try:
            status = job.process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            os.killpg(job.process.pid, signal.SIGKILL)
            job.process.wait()
            job.state = "failed"
            job.why = (
                f"This took longer than {self._seconds:.0f} seconds, which is the most here. "
                f"{self._kind.too_long}"
            )
            return
        if not job.open:  # it was stopped
            return
        if status == 0 and (job.folder / self._kind.result).is_file():
            job.state = "done"
        else:
            job.state, job.why = "failed", _reason(_read(job.folder / "err.txt"), self._kind.one)

    def _begin(self, job: VisitorJob) -> subprocess.Popen[bytes]:
        niceness = ["nice", "-n", "5"] if shutil.which("nice") else []
        known = os.environ.get("PYTHONPATH")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), known])),
            # A box around a message would break it into lines.
            "COLUMNS": "1000",
            "TERM": "dumb",
            "NO_COLOR": "1",
        }
        with (job.folder / "err.txt").open("wb") as err, (job.folder / PRINTED).open("wb") as out:
            return subprocess.Popen(
                [*niceness, *job.command],
                cwd=job.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def _make_room(self) -> None:
        over = [job for job in self._jobs.values() if not job.open]
        for job in over[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[job.id]
            shutil.rmtree(job.folder, ignore_errors=True)


def _read(path: Path) -> str:
    try:
        return path.read_bytes()[-64_000:].decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in re.split(r"[\r\n]", text) if line.strip()]
    return lines[-1][:_LONGEST] if lines else ""


def _reason(text: str, what: str) -> str:
    """Why a command was refused: what stands in its box, or the last line that it said."""
    boxed = [match[1] for line in text.splitlines() if (match := _BOX.match(line.strip()))]
    words = " ".join(boxed).removeprefix("Invalid value: ").strip() or _last_line(text)
    return words[:_LONGEST] or f"The {what} could not be made."
