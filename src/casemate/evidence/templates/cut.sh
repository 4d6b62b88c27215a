#!/bin/sh
# @TITLE@
# Read it, then run it as root on the host that was examined; for a folder that holds its root: ROOT=/mnt/host sh @NAME@
# What is no longer as it was is said and left as it is; so is what lies behind a link, which may lead anywhere by now.
set -u
umask 022
ROOT=${ROOT:-}
left=0
skip() { echo "left as it is: $1" >&2; left=$((left + 1)); }
plain() { # PATH: neither it nor a folder above it is a link
  rest=${1#/} at=$ROOT
  while [ -n "$rest" ]; do
    at=$at/${rest%%/*}
    if [ -L "$at" ]; then skip "$1"; return 1; fi
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
  done
}
mode() { # PATH WAS TO
  plain "$1" || return
  if [ "$(stat -c %a "$ROOT$1" 2>/dev/null)" = "$2" ]; then chmod "$3" "$ROOT$1" && echo "chmod $3 $1"; else skip "$1"; fi
}
owner() { # PATH WAS TO
  plain "$1" || return
  if [ "$(stat -c %u:%g "$ROOT$1" 2>/dev/null)" = "$2" ]; then chown -h "$3" "$ROOT$1" && echo "chown $3 $1"; else skip "$1"; fi
}
line() { # PATH NUMBER WAS TO(- for none) OP(set, delete or insert)
  plain "$1" || return
  if [ "$5" != insert ] && [ "$(sed -n "$2p" "$ROOT$1" 2>/dev/null)" != "$3" ]; then skip "$1:$2"; return; fi
  new=$(mktemp) || exit 1
  N=$2 TO=$4 OP=$5 awk 'BEGIN { n = ENVIRON["N"] + 0; op = ENVIRON["OP"] }
    NR == n && op == "set" { print ENVIRON["TO"]; next }
    NR == n && op == "delete" { next }
    NR == n && op == "insert" { print ENVIRON["TO"]; done = 1 }
    { print }
    END { if (op == "insert" && !done) print ENVIRON["TO"] }' "$ROOT$1" > "$new" && cat "$new" > "$ROOT$1" && echo "$5 $1:$2"
  rm -f "$new"
}
add() { # PATH LINE...: on lines of their own, and not a second time
  plain "$1" || return
  file=$1; shift
  mkdir -p "$ROOT${file%/*}/" || { skip "$file"; return; }
  if [ "$(tail -n $# "$ROOT$file" 2>/dev/null)" = "$(printf '%s\n' "$@")" ]; then skip "$file"; return; fi
  if [ -n "$(tail -c 1 "$ROOT$file" 2>/dev/null)" ]; then echo >> "$ROOT$file"; fi
  printf '%s\n' "$@" >> "$ROOT$file" && echo "added to $file"
}
take() { # PATH LINE...: the last lines out again; a file that holds nothing else goes
  plain "$1" || return
  file=$1; shift
  if [ "$(tail -n $# "$ROOT$file" 2>/dev/null)" != "$(printf '%s\n' "$@")" ]; then skip "$file"; return; fi
  new=$(mktemp) || exit 1
  head -n $(($(wc -l < "$ROOT$file") - $#)) "$ROOT$file" > "$new" && cat "$new" > "$ROOT$file" && echo "taken out of $file"
  rm -f "$new"
  [ -s "$ROOT$file" ] || rm -f "$ROOT$file"
}
change() { # PATH COMMAND...: the command changes the path
  path=$1; shift
  plain "$path" || return
  "$@" "$ROOT$path" || skip "$path"
}
