#!/bin/sh
# Installs what the tests drive from the outside: Chromium (the pages), LibreOffice (workbooks and
# briefs), CJK fonts, poppler (print) and a C compiler (the race detector). Debian's packages.
set -eu
want=""
need() { command -v "$1" >/dev/null 2>&1 || want="$want $2"; }
need chromium chromium
need soffice "libreoffice-calc"
[ -e /usr/lib/libreoffice/program/libswlo.so ] || command -v swriter >/dev/null 2>&1 || want="$want libreoffice-writer"
need pdftoppm poppler-utils
need gcc gcc
need python3 python3
fc-list 2>/dev/null | grep -qi 'Noto.*CJK' || want="$want fonts-noto-cjk fontconfig"
[ -z "$want" ] && exit 0
echo "tests need:$want" >&2
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $want
elif command -v sudo >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
  sudo apt-get update -q
  sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $want
else
  echo "please install them and run again" >&2
  exit 1
fi
