"""Resident memory of this process, in bytes."""

import os
import sys


def memory():
    """The largest so far, and what it is now (None where only the former is known)."""
    if sys.platform == "linux":
        fields = {}
        with open("/proc/self/status", encoding="ascii") as file:
            for line in file:
                name, value = line.split(":", 1)
                fields[name] = value
        # Both are given as "n kB".
        peak, current = (1024 * int(fields[key].split()[0]) for key in ("VmHWM", "VmRSS"))
        return {"peak": peak, "current": current}
    if os.name == "nt":
        raise OSError("Peak memory is not measured on Windows.")
    import resource

    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "current": None}
