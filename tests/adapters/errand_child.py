"""What tests of errands run as the child. `python -m adapters.errand_child`."""

import os
import signal
import subprocess
import sys
import time

from casemate.adapters.errand import serve
from casemate.model.errors import EnvironmentFault, UserError


def act(request, send):
    """Do what the request says."""
    match request["do"]:
        case "answer":
            sys.stdout.write("noise\n")
            os.system("echo more noise")
            send({"step": 1})
            return {"got": request}
        case "large":
            return {"text": "x" * request["size"]}
        case "refuse":
            raise UserError("it cannot be", "ask for something else")
        case "fault":
            raise EnvironmentFault("the disk is full", "free space")
        case "break":
            raise ZeroDivisionError("a secret of the target")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "wait":
            helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            try:
                send({"pid": os.getpid(), "helper": helper.pid})
                time.sleep(600)
            finally:
                with open(request["mark"], "w") as mark:  # noqa: PTH123
                    mark.write("let go")
        case "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGIO, signal.SIG_IGN)
            send({"pid": os.getpid()})
            time.sleep(600)
    return {}


def main():
    """The child."""
    serve(act)


if __name__ == "__main__":
    main()
