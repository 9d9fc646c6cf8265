"""Runs a command that cannot outlive its parent: `python -I -S orphan.py PARENT COMMAND ...`.

The kernel kills the process when the thread that started it ends, however it ends. Set here, after the fork and
before the command takes this process's place, because that is safe with threads and the setting survives exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        raise SystemExit(1)
    os.execv(command[0], command)
