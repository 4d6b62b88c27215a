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
    "writable-scheduled-job": "scheduled_job",
    "writable-called-script": "called_script",
    "writable-search-path": "search_path",
    "writable-import-path": "import_path",
    "wildcard-argument": "wildcard",
    "writable-log-rotation": "log_rotation",
    "writable-start-script": "start_script",
    "writable-event-hook": "event_hook",
    "writable-mail-program": "mail_program",
    "predictable-temporary-file": "temporary_file",
    "rotated-log-folder": "rotated_folder",
}
