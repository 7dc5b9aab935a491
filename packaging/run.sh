#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh [FILE…]   installs what is missing, builds, and opens Heap Atlas on the files (or on the sample trace).
# Without a display the same is done headless: the map as a picture and a report as text; both are named on stdout.
# Exit status: the program's own; 1 with a sentence if something before it went wrong.

set -euo pipefail
root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=packaging/deps.sh
. "$root/packaging/deps.sh"

case ${1:-} in
-h | --help)
    sed -n '4,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac

files=("$@")
((${#files[@]})) || files=("$root/resources/samples/import-orders.hat")
for file in "${files[@]}"; do
    # Before the build, which takes minutes: a mistyped name should not wait for it.
    [[ $file == -* || -r $file ]] || ha_fail "cannot read $file"
done

ha_need run || ha_fail "cannot go on without the packages above"

build=$root/build/release
jobs=$(ha_jobs)
mkdir -p "$build" 2>/dev/null && [[ -w $build ]] || ha_fail "cannot write to $build"
{
    cmake --preset release -S "$root" --log-level=NOTICE &&
        cmake --build "$build" --parallel "$jobs" --target heap-atlas hatlas heapatlas_php
} >&2 || ha_fail "the build failed; the message stands above"

if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
    status=0
    "$build/bin/heap-atlas" "${files[@]}" || status=$?
    ((status == 0)) || ha_say "heap-atlas ended with status $status. If the display cannot be used, try: env -u DISPLAY -u WAYLAND_DISPLAY $0"
    exit "$status"
fi

ha_say "No display: painting the map into a file instead."
shown=0
for file in "${files[@]}"; do
    [[ $file == -* ]] && continue
    name=$(basename -- "$file" .hat)
    # The sample's results belong to the build; those of the user's own traces to where the user stands.
    out=$PWD
    [[ $# -eq 0 || ! -w $out ]] && out=$root/build/headless
    mkdir -p "$out"
    picture=$out/$name-map.png
    report=$out/$name-report.txt
    rm -f "$picture" "$report"
    QT_QPA_PLATFORM=offscreen HEAPATLAS_NO_ANIMATION=1 "$build/bin/heap-atlas" \
        --config "$(mktemp -d)" --view map --geometry 1600x1000 --picture "$picture" --exit "$file" </dev/null >&2 ||
        ha_fail "the map of $file could not be painted"
    [[ $(head -c 8 "$picture" 2>/dev/null | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]] ||
        ha_fail "the map of $file was not written"
    "$build/bin/hatlas" report "$file" >"$report" || ha_fail "no report of $file"
    [[ -s $report ]] || ha_fail "the report of $file is empty"
    cat "$report"
    printf '\nMap:    %s\nReport: %s\n' "$picture" "$report"
    shown=1
done
((shown)) || ha_fail "no trace was named, so nothing was shown"
