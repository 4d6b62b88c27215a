"""The table of posture rules: id → module below `leads/posture`."""

from __future__ import annotations

from typing import Final

MODULES: Final = {
    "writable-login-script": "login_script",
    "weak-ssh-crypto": "ssh_crypto",
    "vulnerable-package": "vulnerable_package",
    "vulnerable-service": "vulnerable_service",
    "vulnerable-suid-program": "vulnerable_suid_program",
}
