"""Configuration of services that run as root: what can be named in it runs as root, so who writes to it becomes root.

The programs that such files name are the jobs' and hooks' own (`facts/startup.py`, `facts/hooks.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.settings import found
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.model.host import ROOT

# What each can do that is meant for root alone: the manual page or the server's own documentation.
READ_BY_ROOT: tuple[tuple[str, str], ...] = (
    ("/etc/fstab", "says what is mounted at boot, and with which options"),
    ("/etc/crypttab", "names key scripts that root runs"),
    ("/etc/exports", "says who gets which folder as root"),
    ("/etc/exports.d/*.exports", "says who gets which folder as root"),
    ("/etc/auto.master", "names maps, which may be programs that root runs"),
    ("/etc/auto.master.d/*.autofs", "names maps, which may be programs that root runs"),
    ("/etc/auto.*", "says what root mounts"),
    ("/etc/samba/smb.conf", "can name commands that smbd runs as root (root preexec)"),
    ("/etc/rsyncd.conf", "can name commands that rsyncd runs (pre-xfer exec)"),
    ("/etc/nginx/nginx.conf", "can name modules that nginx loads as root (load_module)"),
    ("/etc/nginx/modules-enabled/*.conf", "names modules that nginx loads as root"),
    ("/etc/apache2/apache2.conf", "can name modules that Apache loads as root (LoadModule)"),
    ("/etc/apache2/envvars", "is sourced by apache2ctl, as root"),
    ("/etc/apache2/*-enabled/*", "can name modules and programs that Apache starts as root"),
    ("/etc/httpd/conf/httpd.conf", "can name modules that Apache loads as root (LoadModule)"),
    ("/etc/httpd/conf.d/*.conf", "can name modules and programs that Apache starts as root"),
    ("/etc/php/*/fpm/pool.d/*.conf", "says as whom PHP runs"),
    ("/etc/php/*/fpm/php-fpm.conf", "says as whom PHP runs"),
    ("/etc/postfix/master.cf", "names programs that Postfix's master starts"),
    ("/etc/mysql/my.cnf", "can name libraries that mysqld_safe, as root, preloads"),
    ("/etc/openvpn/*.conf", "can name commands that OpenVPN runs as root (up, plugin)"),
    ("/etc/openvpn/*/*.conf", "can name commands that OpenVPN runs as root (up, plugin)"),
    ("/etc/dnsmasq.conf", "can name a command that dnsmasq runs as root (dhcp-script)"),
    ("/etc/dnsmasq.d/*", "can name a command that dnsmasq runs as root (dhcp-script)"),
    ("/etc/keepalived/keepalived.conf", "can name commands that keepalived runs as root (notify)"),
    ("/etc/haproxy/haproxy.cfg", "is read by HAProxy as root (external-check, lua-load)"),
    ("/etc/rsyslog.conf", "can name programs that rsyslogd runs as root (omprog)"),
    ("/etc/rsyslog.d/*.conf", "can name programs that rsyslogd runs as root (omprog)"),
    ("/etc/syslog-ng/syslog-ng.conf", "can name programs that syslog-ng runs as root"),
    ("/etc/dhcp/dhcpd.conf", "can name commands that dhcpd runs (execute)"),
    ("/etc/dhcp/dhclient.conf", "can name a script that dhclient runs as root"),
    ("/etc/snmp/snmpd.conf", "can name commands that snmpd runs (extend)"),
    ("/etc/webmin/miniserv.conf", "is what Webmin, which runs as root, is told"),
    ("/etc/salt/minion", "names the master whose commands run as root"),
    ("/etc/salt/minion.d/*.conf", "names the master whose commands run as root"),
    ("/etc/puppet/puppet.conf", "names the server whose catalogue is applied as root"),
    ("/etc/puppetlabs/puppet/puppet.conf", "names the server whose catalogue is applied as root"),
    ("/etc/ipsec.conf", "can name commands that run as root (leftupdown)"),
)
KIND, TECHNIQUE = "service-configuration", "T1543"


def edges(host: Host) -> Iterator[Trust]:
    """Each such file that is there."""
    for pattern, says in READ_BY_ROOT:
        for path in found(host, pattern):
            yield Trust(runner=ROOT, path=path, kind=KIND, technique=TECHNIQUE, via=(), says=says)
