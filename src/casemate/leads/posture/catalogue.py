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
    "shared-folder-without-sticky-bit": "shared_folder",
    "world-writable-file": "writable_file",
    "system-file-of-an-account": "foreign_owner",
    "unowned-file": "unowned_file",
    "open-private-file": "private_file",
    "hidden-temporary-program": "hidden_program",
    "unverified-download": "unverified_download",
    "piped-download": "piped_download",
    "readable-disk-key": "disk_key",
}
