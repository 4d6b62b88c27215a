"""The table of posture rules: id → module below `leads/posture`."""

from __future__ import annotations

from typing import Final

MODULES: Final = {
    "writable-login-script": "login_script",
    "weak-ssh-crypto": "ssh_crypto",
    "sudo-escape": "sudo_escape",
    "sudo-everything": "sudo_everything",
    "sudo-environment": "sudo_environment",
    "sudo-edit": "sudo_edit",
    "sudo-writable-program": "sudo_program",
    "open-authentication": "pam_open",
    "writable-pam": "pam_program",
    "empty-password": "empty_password",
    "writable-account-file": "account_files",
    "readable-password-hashes": "readable_hashes",
    "writable-path-folder": "login_path",
    "writable-home": "home_script",
    "polkit-rule": "polkit_rule",
    "writable-polkit": "polkit_configuration",
    "weak-sudo-defaults": "sudo_defaults",
    "sudo-negated-command": "sudo_negation",
    "sudo-hidden-administrator": "sudo_password_escape",
    "sudoers-permissions": "sudoers_permissions",
    "second-superuser": "second_superuser",
    "weak-password-hash": "weak_hash",
    "unsafe-search-path": "search_folder",
    "weak-umask": "weak_umask",
    "unusual-account": "account_hygiene",
    "trusted-hosts": "trusted_hosts",
    "automatic-login": "automatic_login",
    "weak-pam": "weak_pam",
}
