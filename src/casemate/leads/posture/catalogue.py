"""The table of posture rules: id → module below `leads/posture`."""

from __future__ import annotations

from typing import Final

MODULES: Final = {
    "writable-login-script": "login_script",
    "weak-ssh-crypto": "ssh_crypto",
    "ssh-root-login": "ssh_root_login",
    "weak-ssh-setting": "ssh_settings",
    "ssh-key-readable": "ssh_key_readable",
    "authorized-keys-writable": "authorized_keys",
    "ssh-configuration-writable": "ssh_configuration",
    "weak-ssh-key": "weak_ssh_key",
    "exposed-private-key": "exposed_private_key",
    "exposed-credentials": "exposed_credentials",
    "open-file-share": "file_shares",
    "weak-mount": "weak_mounts",
    "clear-text-service": "clear_text_services",
    "weak-database-server": "database_servers",
    "weak-web-server": "web_servers",
    "weak-mail-server": "mail_servers",
    "open-network-service": "network_services",
    "service-configuration-writable": "service_configuration",
}
