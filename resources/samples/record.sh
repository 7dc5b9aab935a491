#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# record.sh [BUILD_DIR [OUTPUT [STAGE]]]
#
# Records the sample trace import-orders.hat anew. PHP keeps the full path of every file in the trace, so the program is
# copied to a folder that looks the same on every machine (STAGE, /srv/shop) and runs there, with an empty environment.

set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
build=$(cd -- "${1:-$here/../../build/release}" && pwd)
output=$(readlink -f -- "${2:-$here/import-orders.hat}")
stage=${3:-/srv/shop}

if [[ -e $stage && ! -f $stage/.heap-atlas-sample ]]; then
    echo "record.sh: $stage is there already and is not ours; name another folder" >&2
    exit 1
fi
mkdir -p "$stage" || { echo "record.sh: cannot write to $stage; name another folder" >&2; exit 1; }
touch "$stage/.heap-atlas-sample"
trap 'rm -rf "$stage"' EXIT
cp -r "$here/import-orders/." "$stage"
rm -f "$output"
cd -- "$stage"
php=$(command -v php8.2 || command -v php)
# A recorder built with sanitizers does not load without these.
kept=()
for name in LD_PRELOAD ASAN_OPTIONS UBSAN_OPTIONS; do
    [[ -z ${!name:-} ]] || kept+=("$name=${!name}")
done
env -i "${kept[@]}" PATH=/usr/bin:/bin LC_ALL=C.UTF-8 TZ=UTC "$build/bin/hatlas" record --stacks=full -o "$output" -- "$(basename "$php")" import-orders.php
