#!/bin/sh
# The ratio table: qianqi beside the script most offices would write, on the same 2,000 visits.
# usage: bench.sh [VISITS]. Needs python3-openpyxl (Debian) for the peer; prints CPU seconds,
# user and system together, with the peak memory of the largest process. Below it the readers alone,
# in one process on one core: qianqi with every check beside excelize and beside inflation only.
set -eu
visits=${1:-2000}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=/usr/bin/python3
"$python" -c 'import openpyxl' 2>/dev/null || {
  [ "$(id -u)" = 0 ] && apt-get install -y -q --no-install-recommends python3-openpyxl >/dev/null
}
"$root/qianqi" sample --years 2026 --visits "$visits" --out "$work/in" >/dev/null 2>&1
late=$(find "$work/in" -path '*/visits/*.xlsx' | sort | tail -1) # comes in after everybody else's

# measure NAME COMMAND… prints: name, CPU seconds, wall seconds, MiB
measure() {
  name=$1
  shift
  code=0
  "$python" - "$name" "$@" <<'PY' || code=$?
import os, resource, subprocess, sys, time
name, command = sys.argv[1], sys.argv[2:]
start = time.monotonic()
done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = time.monotonic() - start
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{name}\t{use.ru_utime + use.ru_stime:.2f}\t{wall:.2f}\t{use.ru_maxrss / 1024:.0f}")
if done.returncode not in (0, 3):
    sys.exit(f"{name} failed: exit {done.returncode}")
PY
  [ "$code" = 0 ] || exit "$code"
}

{
  mv "$late" "$work/late.xlsx"
  measure "openpyxl + sqlite3, load and means only" "$python" "$root/testdata/bench/load.py" "$work/in" "$work/peer.db"
  measure "qianqi ingest" "$root/qianqi" ingest "$work/in" --db "$work/a.db"
  measure "qianqi run, cold" "$root/qianqi" run "$work/in" --db "$work/b.db" --out "$work/reports"
  measure "qianqi run, nothing new" "$root/qianqi" run "$work/in" --db "$work/b.db" --out "$work/reports"
  mv "$work/late.xlsx" "$late"
  measure "qianqi run, one new file" "$root/qianqi" run "$work/in" --db "$work/b.db" --out "$work/reports"
} > "$work/table"
awk -F'\t' -v n="$visits" '
  BEGIN { printf "%d visits\n%-42s %10s %10s %8s %8s\n", n, "", "CPU s", "wall s", "MiB", "ratio" }
  NR == 1 { peer = $2 }
  { printf "%-42s %10.2f %10.2f %8d %8s\n", $1, $2, $3, $4, NR == 1 ? "1" : sprintf("1/%.1f", peer / $2) }' "$work/table"

echo
cd "$root"
GOMAXPROCS=1 go test ./internal/workbook -run '^$' -bench 'BenchmarkRead/' | awk '
  /^BenchmarkRead/ { split($1, part, "/"); set = part[2]; name = part[3]; if (!(set in own)) own[set] = $3
    printf "%-8s %-24s %9.0f µs a workbook %8.1f × qianqi\n", set, name, $3 / 1000, $3 / own[set] }'
