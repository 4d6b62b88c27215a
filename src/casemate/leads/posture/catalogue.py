"""The table of posture rules: id → module below `leads/posture`."""

from __future__ import annotations

from typing import Final

MODULES: Final = {
    "writable-login-script": "login_script",
    "weak-ssh-crypto": "ssh_crypto",
    "writable-unit": "unit_file",
    "writable-unit-program": "unit_program",
    "writable-unit-environment": "unit_environment",
    "writable-boot-hook": "boot_hook",
    "unsandboxed-service": "unsandboxed_service",
    "member-of-powerful-group": "powerful_group",
    "open-container-socket": "container_socket",
    "shell-service": "shell_service",
    "passwordless-console": "passwordless_console",
    "open-tmpfiles": "open_tmpfiles",
    "writable-dbus-service": "dbus_service",
    "open-dbus-policy": "open_dbus_policy",
}
