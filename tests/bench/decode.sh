#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# decode.sh BUILD_DIR [ROUNDS]
#
# What opening a trace costs against heaptrack_print: each program is recorded once by the extension (.hat) and once by
# heaptrack (with USE_ZEND_ALLOC=0, as it would be used), then both are read, one after the other in each round. Prints the
# median CPU time (user and system) an event of each and their ratios: decoding alone (at most 0.3), and with the first
# pass of the engine, as the window opens a trace (at most 0.6).

set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
build=$(cd -- "${1:?usage: decode.sh BUILD_DIR [ROUNDS]}" && pwd)
rounds=${2:-7}
for tool in heaptrack heaptrack_print zstd php; do
    command -v "$tool" >/dev/null || { echo "decode.sh: $tool is missing" >&2; exit 1; }
done
decode=$(find "$build" -name decode_once -type f -perm -u+x | head -n 1)
extension=$(find "$build" -name heapatlas.so | head -n 1)
[[ -n $decode && -n $extension ]] || { echo "decode.sh: build decode_once and heapatlas_php first" >&2; exit 1; }
interpret=$(find /usr/lib /usr/libexec -name heaptrack_interpret 2>/dev/null | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cpu() # seconds of user and system time of a command, in nanoseconds
{
    local TIMEFORMAT='%U %S'
    { time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ printf "%.0f\n", ($1 + $2) * 1e9 }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

compare() # NAME COMMAND… (after "php")
{
    local name=$1
    shift
    php -d extension="$extension" -d heapatlas.output="$work/$name.hat" -d heapatlas.stacks=full \
        -d heapatlas.trigger=always "$@" >/dev/null 2>&1 || true
    USE_ZEND_ALLOC=0 heaptrack -r -o "$work/$name" php "$@" >/dev/null 2>&1 || true
    zstd -dcq "$work/$name.raw.zst" | "$interpret" 2>/dev/null | zstd -q -c >"$work/$name.zst"
    local events peerEvents
    events=$("$decode" "$work/$name.hat")
    peerEvents=$(zstd -dcq "$work/$name.zst" | grep -c '^[+-]')
    for ((i = 0; i < rounds; i++)); do
        cpu "$decode" "$work/$name.hat" >>"$work/$name.ours"
        cpu "$decode" --engine "$work/$name.hat" >>"$work/$name.engine"
        cpu heaptrack_print "$work/$name.zst" >>"$work/$name.peer"
    done
    awk -v name="$name" -v ours="$(median <"$work/$name.ours")" -v engine="$(median <"$work/$name.engine")" \
        -v peer="$(median <"$work/$name.peer")" \
        -v events="$events" -v peerEvents="$peerEvents" -v bytes="$(stat -c %s "$work/$name.hat")" 'BEGIN {
            a = ours / events; c = engine / events; b = peer / peerEvents
            printf "%-12s %9d events %6.3f B/event %6.1f ns, engine %6.1f ns | heaptrack_print %9d events %6.1f ns | ratio %.3f, engine %.3f\n",
                name, events, bytes / events, a, c, peerEvents, b, a / b, c / b }'
}

for file in "$here"/programs/*.php; do
    compare "$(basename "$file" .php)" "$file"
done
if command -v composer >/dev/null; then
    compare composer "$(command -v composer)" list
fi
