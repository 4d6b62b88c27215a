"""What a program lets its caller do when it runs with more privilege than the caller has, and which program a file really is.

The facts are those that GTFOBins (https://gtfobins.github.io) documents for each program and that its manual page confirms: it
runs a command of the caller's choice, loads a library of theirs, or reads or writes a file that they name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from casemate.host.host import Host
from casemate.model.host import Node, NodeKind

SHELL = "shell"  # runs a command that the caller names
WRITE = "write-file"  # writes, makes or changes the mode of a file that the caller names
READ = "read-file"  # shows a file that the caller names
LOAD = "load-library"  # loads code that the caller names, also into the kernel

# S: runs a command and keeps the effective user. s: runs it only through sh(1), which drops a SUID user (dash(1), bash(1), -p),
# or only when its real user is root: enough for sudo, not for SUID. w, r, l: write, read, load.
_TABLE: Final = """
S bash ash csh dash fish ksh ksh93 mksh posh rbash sh tcsh yash zsh elvish lksh sash oksh pdksh
S capsh chroot chrt cpulimit choom env expect flock ionice logsave nice nohup nsenter pexec perf run-parts setarch linux32
S linux64 setlock softlimit start-stop-daemon stdbuf strace sshpass taskset time timeout unshare watch setsid agetty torify
S torsocks unbuffer ltrace multitime rlwrap setpriv valgrind daemon parallel ld.so ssh-agent dmsetup genie prlimit numactl
S rsyslogd ansible-playbook ansible cobc aa-exec bwrap firejail proot fakeroot fakechroot catchsegv uftrace runcon
S cgexec daemonize dtach dbus-run-session xvfb-run chpst envdir envuidgid setuidgid s6-setuidgid gosu su-exec entr
S openvpn hping3 faketime eatmydata catatonit dumb-init tini choose pipx uv npx systemd-run dotnet gtester distcc
Swrl python pypy perl ruby php node nodejs gimp gdb vim vi nvim vimdiff view rview rvim vimtutor ex R Rscript guile
Swrl deno bun emacs
Swr busybox toybox tclsh expect jjs jrunscript jshell java julia irb pry ghc ghci rake docker podman nerdctl ctr lxc lxd incus
Swr rsync wget socat find sysctl puppet pip gcc g++ cc c89 c99 clang cpp tcc go cargo zx scala groovy kotlin erl
Swr elixir iex mono csi debugfs rpm make gmake ninja cmake logrotate restic snapper ocaml sbcl clisp racket swipl
Swr ssh git docker-compose octave guestfish qemu-system-x86_64 criu
Sr xargs ip
Sw aria2c tftp unzip
swr awk gawk mawk nawk original-awk lua luajit luatex lualatex sqlite3 nano pico rnano ed red joe jmacs jpico rjoe micro ne
swr mcedit mc jed kak sed tar bsdtar cpio star pax scp sftp ftp lftp ncftp split less smbclient pandoc screen tmux nc
swr ncat netcat nc.traditional nc.openbsd zip 7z 7za 7zr m4 gnuplot pdflatex latex pdftex tex xelatex xetex ghostscript gs tshark
swr dumpcap psql mysql mariadb mongo mongosh slsh wish script vipw vigr visudo crontab at batch
sr more most pg man dmesg run-mailcap tcpdump mail mailx mutt pry zathura w3m lynx links elinks highlight ispell
s dc journalctl systemctl apt apt-get aptitude dnf yum microdnf zypper snap flatpak pacman apk dpkg dpkg-reconfigure opkg npm yarn
s pnpm gem composer easy_install bundle bundler cpan cpanm bpftrace bpftool busctl cowsay cowthink crash dvips iftop top htop
s atop nmap tasksh timedatectl loginctl resolvectl systemd-resolve machinectl vagrant terraform
s facter fzf batcat bat byte scrot pdb byebug sqlmap aws az gcloud service invoke-rc.d
s su sudo doas pkexec runuser sg newgrp login sudoedit mount umount.nfs losetup cryptsetup kexec watchdog
s certbot fail2ban-client supervisorctl supervisord monit crond cron anacron atd inetd xinetd nginx apache2 httpd
s useradd usermod adduser passwd chpasswd newusers groupmod groupadd gpasswd addgroup chsh chfn
s kubectl helm k3s crictl virsh vboxmanage vmrun tailscale salt salt-call chef-client
s telnet wg-quick borg iptables ip6tables exim exim4 sendmail dbus-send
s wireshark vncserver xinit startx Xorg etckeeper dpkg-deb alternatives update-alternatives
wr gpg cp dd ln mv install curl lwp-download lwp-request openssl xxd zstd iconv csplit sort shuf uniq exiftool dosbox rclone
wr ffmpeg convert magick jq yq sponge mkisofs genisoimage xorriso mcopy pigz gcore tftpd
w tee chmod chown chgrp truncate setcap setfacl chattr varnishncsa fallocate mkfs mke2fs fdisk parted
w iptables-save ip6tables-save patch unsquashfs mknod lvm tune2fs
r bc cat head tail tac nl od hexdump hd strings base32 base64 basenc base58 uuencode column cut expand fmt fold grep egrep fgrep
r zgrep zcat zmore join look rev paste pr diff cmp comm tbl troff nroff groff soelim ul unexpand arp date dig file ss
r readelf objdump nm objcopy ptx eqn bzip2 gzip xz lzma bzcat xzcat lz4 brotli ar as nasm nft bridge msgattrib msgcat msgconv
r msgfilter msgmerge msguniq mtr aspell atobm clamscan cupsfilter espeak fping last lp lpr mosquitto_pub ntpdate pdftotext
r qpdf ssh-keyscan tic wall wc whiptail dialog whois xmodmap xmore zsoelim sum cksum md5sum sha1sum sha224sum sha256sum
r sha384sum sha512sum b2sum shred vlc getent apachectl apache2ctl vgrep ag rg
l insmod kmod modprobe ldconfig ssh-keygen ssh-add ld
"""

_MEANS: Final = {"S": SHELL, "s": SHELL, "w": WRITE, "r": READ, "l": LOAD}
_LETTERS: Final[dict[str, str]] = {}
for _line in _TABLE.strip().splitlines():
    _letters, _, _names = _line.partition(" ")
    for _name in _names.split():
        _LETTERS[_name] = _LETTERS.get(_name, "") + _letters

DROPS: Final = frozenset("bash ash dash ksh ksh93 mksh posh rbash sh yash zsh lksh oksh pdksh csh tcsh".split())  # noqa: SIM905
"""Shells that give up a SUID user unless they are called with -p (or -b, csh): whoever calls them has only to say so."""

_USUAL = (
    "su sudo sudoedit mount umount passwd chfn chsh gpasswd newgrp chage expiry unix_chkpwd unix_update pkexec "
    "crontab at ping ping6 polkit-agent-helper-1 dbus-daemon-launch-helper ssh-keysign ssh-agent fusermount "
    "fusermount3 newuidmap newgidmap ntfs-3g mount.nfs mount.cifs mount.ecryptfs_private exim4 exim sendmail "
    "postdrop postqueue procmail lockfile maildrop dotlockfile mail-lock mail-unlock mail-touchlock wall write "
    "bsd-write locate mlocate plocate slocate screen utempter Xorg.wrap Xorg chrome-sandbox bwrap pppd traceroute6 "
    "mtr-packet doas snap-confine sudoreplay userhelper usernetctl pam_timestamp_check grub2-set-bootflag staprun "
    "nullmailer-queue mailq vmware-user-suid-wrapper VBoxHeadless spice-client-glib-usb-acl-helper lxc-user-nic "
    "kismet_capture dumpcap ssh-keycat cockpit-session sssd_pam p11_child ldap_child krb5_child proxy_child "
    "selinux_child suexec vlock-main opensmtpd smtpctl lockspool netreport libvirt-dac bbsuid ksu kcheckpass "
    "pt_chown camel-lock-helper-1.2 dma dma-mbox-create inndstart rnews uucp uux cu uuname uustat uucico uuxqt "
    "abuild-sudo tcb_chkpwd auth_pam_tool mutt_dotlock dotlock.mailutils mlock pam_extrausers_chkpwd schroot "
    "inetutils-traceroute pmount pumount mount.davfs qemu-bridge-helper starter-suid check_dhcp check_icmp rundump runtar "
    "killpgrp calcsize"
)
USUAL_SUID: Final = frozenset(_USUAL.split())
"""Programs that distributions ship with the SUID or SGID bit. dpkg keeps no record of modes."""

SYSTEM: Final = ("/usr/bin", "/usr/sbin", "/bin", "/sbin")
_BINARY: Final = (*SYSTEM, "/usr/local/bin", "/usr/local/sbin")
_VERSION: Final = re.compile(
    r"(?:[-.]?\d[\d.]*[a-z]?|\.(?:basic|tiny|nox|gtk3|distrib|static|traditional|openbsd|real|orig))$"
)
_LOADER: Final = re.compile(r"ld-(?:linux|musl|[\d.]+)[\w.-]*\.so(?:\.\d)?|ld-[\d.]+\.so")
_LIMIT: Final = 32 << 20

# What only that program's file holds: all words of a line.
_MARKS: Final[tuple[tuple[str, tuple[bytes, ...]], ...]] = (
    ("bash", (b"BASH_ENV", b"BASH_VERSINFO", b"GNU bash")),
    ("zsh", (b"ZSH_ARGZERO", b"ZDOTDIR")),
    ("ksh", (b"KSH_VERSION", b"HISTFILE")),
    ("fish", (b"fish_user_paths", b"__fish_")),
    ("tcsh", (b"tcsh", b"loginsh", b"histfile")),
    ("busybox", (b"BusyBox v", b"applet not found")),
    ("toybox", (b"toybox ", b"Unknown command %s")),
    ("gdb", (b"GNU gdb", b"set follow-fork-mode")),
    ("vim", (b"$VIMRUNTIME", b"VIMINIT")),
    ("emacs", (b"EMACSLOADPATH", b"emacs-version")),
    ("python", (b"Py_BytesMain",)),
    ("perl", (b"PERL5LIB", b"PERL5OPT", b"perl_parse")),
    ("perl", (b"perl_parse", b"perl_run", b"libperl.so")),
    ("ruby", (b"ruby_sysinit", b"ruby_run_node")),
    ("php", (b"PHP_INI_SCAN_DIR", b"zend_execute")),
    ("node", (b"NODE_OPTIONS", b"node::Start")),
    ("lua", (b"LUA_INIT", b"lua_newstate")),
    ("lua", (b"LUA_INIT", b"Lua.org, PUC-Rio")),
    ("tclsh", (b"Tcl_MainEx", b"libtcl")),
    ("dash", (b"PPID", b"OPTIND", b"Bad substitution", b"getopts", b"Syntax error: ")),
    ("gawk", (b"AWKPATH", b"ENVIRON", b"FILENAME")),
    ("mawk", (b"Usage: mawk", b"ENVIRON")),
    ("find", (b"-fprintf", b"-execdir", b"findutils")),
    ("tar", (b"checkpoint-action", b"GNU tar")),
    ("nano", (b"nanorc", b"GNU nano")),
    ("less", (b"LESSOPEN", b"LESSKEY")),
    ("sed", (b"GNU sed", b"--posix")),
    ("cp", (b"--no-target-directory", b"--attributes-only", b"cannot stat %s")),
    ("env", (b"--ignore-environment", b"--split-string", b"coreutils")),
    ("nmap", (b"nmap.org", b"script-args")),
    ("socat", (b"socat", b"SYSTEM", b"OPENSSL-LISTEN")),
    ("rsync", (b"rsync", b"--rsync-path", b"--daemon")),
    ("ssh", (b"usage: ssh [-", b"ProxyCommand", b"permitlocalcommand")),
    ("curl", (b"libcurl", b"--upload-file", b"--remote-name")),
    ("wget", (b"GNU Wget", b"--use-askpass")),
    ("openssl", (b"OpenSSL application", b"s_client")),
)


def base_name(name: str) -> str:
    """The name under which a program is known: without the version or variant in its file's name (python3.11, vim.basic)."""
    name = posixpath.basename(name)
    if _LOADER.fullmatch(name):
        return "ld.so"
    for _ in range(4):
        if name in _LETTERS:
            return name
        shorter = _VERSION.sub("", name)
        if shorter == name or not shorter:
            break
        name = shorter
    return name


def escapes(name: str) -> frozenset[str]:
    """What who may choose its arguments can do with a program that sudo or the like runs: of `SHELL`, `WRITE`, `READ`, `LOAD`."""
    return frozenset(_MEANS[letter] for letter in _LETTERS.get(base_name(name), ""))


def raised(name: str) -> frozenset[str]:
    """The same for a program with a SUID bit or capabilities, where the real user stays the caller."""
    return frozenset(_MEANS[letter] for letter in _LETTERS.get(base_name(name), "") if letter != "s")


def identify(host: Host, path: str) -> str | None:
    """The program behind a path, by the name in this table: also a copy under another name; None when it is none of them.

    A program that is not there is judged by its name, as it would be once it is installed.
    """
    name = base_name(path)
    node = host.fs.node(path)
    if node is None:
        return name if name in _LETTERS else None
    if node.kind is not NodeKind.FILE:
        return None
    known = _of_node(host, node)
    if known in ("busybox", "toybox") and node.path != path and name != known:
        return name if name in _LETTERS else None  # a link to it is the one of its programs that the link is called
    return known


def _of_node(host: Host, node: Node) -> str | None:
    memo = host.once(_memo)
    if node.path not in memo:
        memo[node.path] = _identify(host, node)
    return memo[node.path]


def _memo(host: Host) -> dict[str, str | None]:
    return {}


def _identify(host: Host, node: Node) -> str | None:
    folder, name = posixpath.dirname(node.path), base_name(node.path)
    if folder in SYSTEM and name in _LETTERS:
        return name
    head = host.fs.head(node.path, 4)
    if head != b"\x7fELF":
        return None
    same = [other for other in host.once(_sizes).get(node.size, ()) if other.path != node.path]
    if same and node.size <= _LIMIT:
        own = _digest(host, node)
        for other in same:
            if own is not None and _digest(host, other) == own:
                return base_name(other.path)
    if node.size <= _LIMIT:
        data = host.fs.data(node.path, _LIMIT)
        for program, words in _MARKS if data is not None else ():
            if data is not None and all(word in data for word in words):
                return program
    return name if name in _LETTERS else None


def _sizes(host: Host) -> dict[int, tuple[Node, ...]]:
    """The known programs of the root by their size: only files of the same size are read to compare them."""
    out: dict[int, list[Node]] = {}
    for node in _known(host):
        out.setdefault(node.size, []).append(node)
    return {size: tuple(nodes) for size, nodes in out.items()}


def _known(host: Host) -> Iterator[Node]:
    for folder in dict.fromkeys(found.node.path for path in _BINARY if (found := host.fs.resolve(path)) is not None):
        for name in host.fs.names(folder):
            node = host.fs.at(posixpath.join(folder, name))
            if node is not None and node.kind is NodeKind.FILE and node.size and base_name(name) in _LETTERS:
                yield node


def _digest(host: Host, node: Node) -> bytes | None:
    memo = host.once(_digests)
    if node.path not in memo:
        data = host.fs.data(node.path, _LIMIT)
        memo[node.path] = blake2b(data).digest() if data is not None else None
    return memo[node.path]


def _digests(host: Host) -> dict[str, bytes | None]:
    return {}
