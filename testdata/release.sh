#!/bin/sh
# Builds the binaries that are handed out: release.sh GO OS/ARCH…
# From a clean commit only. Every binary is built in two clones of the commit that lie in different
# folders, each with a build cache of its own, and is handed out only where both have the same bytes.
set -eu
go=$1
shift
if [ -n "$(git status --porcelain)" ]; then
  echo "release: the tree has changes that are not committed; a release is made from a commit" >&2
  exit 1
fi
commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
for n in first second/deeper; do
  mkdir -p "$work/$n"
  git clone -q --no-hardlinks . "$work/$n/qianqi"
  git -C "$work/$n/qianqi" checkout -q --detach "$commit"
done
build() { # CLONE TARGET NAME
  (cd "$work/$1/qianqi" && mkdir -p dist &&
    GOCACHE="$work/$1/cache" CGO_ENABLED=0 GOOS=${2%/*} GOARCH=${2#*/} GOFLAGS= "$go" build -trimpath -buildvcs=true -o "dist/$3" ./cmd/qianqi)
}
rm -rf dist
mkdir dist
for target; do
  name=qianqi-${target%/*}-${target#*/}
  case $target in windows/*) name=$name.exe ;; esac
  build first "$target" "$name"
  build second/deeper "$target" "$name"
  if ! cmp "$work/first/qianqi/dist/$name" "$work/second/deeper/qianqi/dist/$name"; then
    echo "release: two builds of $name differ" >&2
    exit 1
  fi
  cp "$work/first/qianqi/dist/$name" dist/
  echo "dist/$name: the same bytes twice"
done
cp LICENSE NOTICE dist/
(cd dist && sha256sum qianqi-* LICENSE NOTICE >SHA256SUMS)
cat dist/SHA256SUMS
