"""The table of posture rules: id → module below `leads/posture`."""

from __future__ import annotations

from typing import Final

MODULES: Final = {
    "writable-login-script": "login_script",
    "weak-ssh-crypto": "ssh_crypto",
    "weak-kernel-setting": "kernel_settings",
    "weak-network-setting": "network_settings",
    "weak-boot-parameter": "boot_parameters",
    "unsigned-package-source": "package_source",
    "writable-package-source": "writable_package_source",
    "writable-unit": "unit_file",
    "writable-unit-program": "unit_program",
    "writable-unit-environment": "unit_environment",
    "writable-boot-hook": "boot_hook",
    "unsandboxed-service": "unsandboxed_service",
    "ssh-root-login": "ssh_root_login",
    "weak-ssh-setting": "ssh_settings",
    "ssh-key-readable": "ssh_key_readable",
    "authorized-keys-writable": "authorized_keys",
    "ssh-configuration-writable": "ssh_configuration",
    "weak-ssh-key": "weak_ssh_key",
    "exposed-private-key": "exposed_private_key",
    "exposed-credentials": "exposed_credentials",
    "writable-account-file": "account_file",
    "readable-password-hashes": "password_hashes",
    "open-raw-device": "raw_device",
    "vulnerable-package": "vulnerable_package",
    "vulnerable-service": "vulnerable_service",
    "vulnerable-suid-program": "vulnerable_suid_program",
    "suid-escape": "suid_escape",
    "writable-suid-program": "suid_program",
    "suid-command-by-path": "suid_command",
    "capability-escape": "capability_escape",
    "writable-program-library": "program_library",
    "writable-library-folder": "library_folder",
    "writable-loader-configuration": "loader_configuration",
}
