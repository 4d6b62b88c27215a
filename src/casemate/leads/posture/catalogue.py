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
    "writable-account-file": "account_file",
    "readable-password-hashes": "password_hashes",
    "open-raw-device": "raw_device",
    "writable-boot-file": "boot_file",
    "writable-kernel-helper": "kernel_helper",
}
