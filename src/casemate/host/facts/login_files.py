"""Which files shells and sessions read when somebody logs in (bash(1), INVOCATION; zsh(1); csh(1); fish(1); Xsession(5))."""

from __future__ import annotations

from typing import Final

SYSTEM_FILES: Final = (
    "/etc/profile",
    "/etc/profile.d/*.sh",
    "/etc/profile.d/*.csh",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/bash_completion",
    "/etc/bash_completion.d/*",
    "/etc/zsh/zshenv",
    "/etc/zsh/zprofile",
    "/etc/zsh/zshrc",
    "/etc/zsh/zlogin",
    "/etc/zshenv",
    "/etc/zprofile",
    "/etc/zshrc",
    "/etc/csh.cshrc",
    "/etc/csh.login",
    "/etc/fish/config.fish",
    "/etc/fish/conf.d/*.fish",
    "/etc/ksh.kshrc",
    "/etc/X11/Xsession",
    "/etc/X11/Xsession.d/*",
    "/etc/X11/xinit/xinitrc",
    "/etc/X11/xinit/xinitrc.d/*",
    "/etc/xprofile",
)
"""Of every login; those for other shells than root's own are read as soon as root uses them."""

SYSTEM_FOLDERS: Final = (
    "/etc/profile.d",
    "/etc/bash_completion.d",
    "/etc/zsh",
    "/etc/fish/conf.d",
    "/etc/X11/Xsession.d",
)

HOME_FILES: Final = (
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".bashrc",
    ".bash_aliases",
    ".bash_logout",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".zlogin",
    ".zlogout",
    ".bash_completion",
    ".ssh/rc",
    ".kshrc",
    ".cshrc",
    ".tcshrc",
    ".login",
    ".config/fish/config.fish",
    ".xprofile",
    ".xsession",
    ".xsessionrc",
    ".xinitrc",
)

HOME_TOOLS: Final = (
    ".vimrc",
    ".vim/vimrc",
    ".config/nvim/init.vim",
    ".config/nvim/init.lua",
    ".gitconfig",
    ".tmux.conf",
    ".screenrc",
    ".emacs",
    ".emacs.d/init.el",
    ".pam_environment",
    ".config/git/config",
    ".config/tmux/tmux.conf",
    ".config/fish/conf.d",
    ".ssh/config",
    ".lesskey",
    ".gdbinit",
    ".lldbinit",
    ".psqlrc",
    ".sqliterc",
    ".irbrc",
    ".Rprofile",
    ".ipython/profile_default/startup",
    ".forward",
    ".procmailrc",
    ".config/environment.d",
    ".local/share/systemd/user",
    ".config/autostart",
    ".config/systemd/user",
)
"""Read when the tool is used, or by a desktop."""

DESKTOP: Final = ("/etc/X11/", "/etc/xprofile")
OTHER_SHELLS: Final = ("/etc/zsh", "/etc/csh", "/etc/fish", "/etc/ksh", ".csh")
