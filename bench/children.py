"""Child processes: the peers, one for each workload, stopped while others are measured."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


class ChildFailure(Exception):
    """A child ended without an answer."""


def environment(**more):
    """The caller's environment without settings that choose slower kernels or another number of threads."""
    unwanted = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "XLA_FLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | more


class Peer:
    """A peer with one workload, ready to be measured in turns."""

    def __init__(self, name, workload, threads, work):
        self.name = name
        self.log = work / "logs" / f"{name}.{workload.name}.txt"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # Nothing that was compiled before may be used: the time of compilation is part of the results.
        variables = environment(TORCHINDUCTOR_FORCE_DISABLE_CACHES="1", TORCHINDUCTOR_CACHE_DIR=str(work / "inductor"))
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [sys.executable, FOLDER / "peer.py", name, workload.name, "--threads", str(threads)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=variables, start_new_session=True)
        try:
            self.start = self._answer()
        except BaseException:
            self._signal(signal.SIGKILL)
            raise
        self._signal(signal.SIGSTOP)

    def measure(self, iterations):
        """The times of some iterations in milliseconds, and the most memory the process held so far."""
        self._signal(signal.SIGCONT)
        self.process.stdin.write(f"{iterations}\n")
        self.process.stdin.flush()
        answer = self._answer()
        # Spinning threads of an idle peer would take the cores from the others.
        self._signal(signal.SIGSTOP)
        return answer

    def close(self):
        self._signal(signal.SIGCONT)
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()

    def _answer(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        code = self.process.wait()
        last = self.log.read_text().strip().splitlines()[-1:] or ["no message"]
        raise ChildFailure(f"{self.name} ended with code {code}: {last[0]} (all of it in {self.log})")

    def _signal(self, number):
        # The whole session: compiled peers start compilers of their own.
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
