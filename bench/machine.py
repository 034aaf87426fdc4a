"""What the results were measured on and with."""

import ctypes
import datetime
import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from spec import ROOT


def describe(threads):
    return {
        "processor": processor(), "cores": os.cpu_count(), "threads": threads, "memory_gib": memory(),
        "system": f"{platform.system()} {platform.release()}", "compiler": compiler(), "blas": blas(),
        "python": platform.python_version(), "torch": metadata.version("torch"), "jax": metadata.version("jax"),
        "commit": commit(), "date": datetime.date.today().isoformat(), "load_before": round(os.getloadavg()[0], 1)}


def processor():
    """The name and the widest vectors: virtual machines often hide the model."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = fields.get("flags", "").split()
    vectors = next((name for name, flag in (("AVX-512", "avx512f"), ("AVX2", "avx2")) if flag in flags), "")
    model = f"family {fields['cpu family']} model {fields['model']}" if "cpu family" in fields else platform.machine()
    return ", ".join(part for part in (fields.get("model name", platform.machine()), model, vectors) if part)


def memory():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def compiler():
    """The one that dgc takes."""
    command = os.environ.get("DG_CC") or shutil.which("clang") or shutil.which("cc")
    return first_line([command, "--version"]).split(" (")[0] if command else "none"


def blas():
    for name in ("libopenblas.so.0", "libopenblas.so"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.openblas_get_config.restype = ctypes.c_char_p
        return " ".join(library.openblas_get_config().decode().split()[:2])
    return "unknown"


def commit():
    changed = first_line(["git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no"])
    return first_line(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]) + (" with changes" if changed else "")


def first_line(command):
    try:
        lines = subprocess.run([str(word) for word in command], capture_output=True, text=True).stdout.splitlines()
    except OSError:
        return ""
    return lines[0].strip() if lines else ""
