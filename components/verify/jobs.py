"""Reports are made one after the other, each by a process of its own and within bounds.

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
OUT = "out.txt"
"""What a command prints, where that is what it makes."""
_ROOT = Path(__file__).resolve().parents[2]
_BOX = re.compile(r"^│\s?(.*?)\s*│$")
_LONGEST = 600
_log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "stopped"]


class ReportsBusyError(RuntimeError):
    """No more reports are taken on at present; the message is for the visitor."""


@dataclass
class ReportJob:
    """One report.

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

    def printed(self) -> str:
        """What its command has printed so far, where that is what it makes."""
        return _read(self.folder / OUT)

    def progress(self) -> str:
        """The last line that its command has said."""
        return _last_line(_read(self.folder / "err.txt"))


class ReportJobs:
    """The reports of all visitors.

    Args:
        seconds: How long one may take.
        waiting: How many may stand in line, the one that is being made among them.
        noun: What one is called in messages.
        made: The file that a command leaves in its folder. What it prints goes there where it is
            called "out.txt"; otherwise nobody reads that.
        advice: What to do about one that took too long.
    """

    def __init__(
        self,
        seconds: float = MOST_SECONDS,
        waiting: int = MOST_WAITING,
        *,
        noun: str = "report",
        made: str = "report.html",
        advice: str = "Bring fewer rows, or run `python -m search_core verify` on a machine of "
        "yours.",
    ) -> None:
        self._seconds, self._waiting = seconds, waiting
        self._noun, self._made, self._advice = noun, made, advice
        self._jobs: OrderedDict[str, ReportJob] = OrderedDict()
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._line: queue.SimpleQueue[ReportJob] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None

    def new(self, owner: str) -> ReportJob:
        """A report that is going to be asked for, with a folder for its files.

        Raises:
            ReportsBusyError: This visitor has one under way, or too many others have.
        """
        with self._lock:
            under_way = [job for job in self._jobs.values() if job.open]
            if any(job.owner == owner for job in under_way):
                raise ReportsBusyError(
                    f"Your last {self._noun} is still being made. Wait for it, or stop it."
                )
            if len(under_way) >= self._waiting:
                raise ReportsBusyError(
                    f"{len(under_way)} {self._noun}s are being made or wait already. Try again "
                    "in a minute."
                )
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="espalier-verify-")
            job = ReportJob(secrets.token_urlsafe(16), owner, Path(self._folder.name))
            job.folder = job.folder / job.id
            job.folder.mkdir()
            self._jobs[job.id] = job
            self._make_room()
            return job

    def start(self, job: ReportJob, command: Sequence[str]) -> None:
        """Put it in line."""
        job.command = command
        with self._lock:
            if self._worker is None:
                # A daemon: nobody waits for a report once the server ends.
                self._worker = threading.Thread(target=self._work, name="reports", daemon=True)
                self._worker.start()
                atexit.register(self.close)
        self._line.put(job)

    def close(self) -> None:
        """Stop all that is under way."""
        for job in list(self._jobs.values()):
            job.stop()

    def get(self, job_id: str) -> ReportJob | None:
        """The report of this name, if it is still kept."""
        return self._jobs.get(job_id)

    def told(self, job: ReportJob) -> dict[str, Any]:
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
                _log.exception("A %s could not be made.", self._noun)
                job.state = "failed"
                job.why = f"The {self._noun} could not be made; the server's log says why."

    def _make(self, job: ReportJob) -> None:
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
                + self._advice
            )
            return
        if not job.open:  # it was stopped
            return
        if status == 0 and (job.folder / self._made).is_file():
            job.state = "done"
        else:
            job.state, job.why = "failed", _reason(_read(job.folder / "err.txt"))

    def _begin(self, job: ReportJob) -> subprocess.Popen[bytes]:
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
        said = job.folder / OUT if self._made == OUT else Path(os.devnull)
        with (job.folder / "err.txt").open("wb") as err, said.open("wb") as out:
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


def _reason(text: str) -> str:
    """Why a command was refused: what stands in its box, or the last line that it said."""
    boxed = [match[1] for line in text.splitlines() if (match := _BOX.match(line.strip()))]
    words = " ".join(boxed).removeprefix("Invalid value: ").strip() or _last_line(text)
    return words[:_LONGEST] or "The report could not be made."
