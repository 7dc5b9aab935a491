#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# recording.sh [BUILD_DIR [ROUNDS]]
#
# What recording costs: CPU time (user and system, children and hatlas included) of programs of about a second or more,
# plain, recorded without stacks and with full stacks, one after the other in each round so that a busy machine hits all
# three alike. Prints the median of the rounds' ratios a program, the median over the programs, and bytes an event.

set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
build=$(cd -- "${1:-$here/../../build/release}" && pwd)
rounds=${2:-7}
hatlas=$build/bin/hatlas
[[ -x $hatlas ]] || { echo "recording.sh: no hatlas in $build/bin; build it first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Real programs where they are at hand: a test suite (fetched by the tests) and composer.
declare -A programs=()
names=()
add() { names+=("$1"); programs[$1]=$2; }
for file in "$here"/programs/*.php; do
    add "$(basename "$file" .php)" "php $file"
done
suite=$build/tests/php/suite/suite
if [[ -d $suite ]] && command -v phpunit >/dev/null; then
    add phpunit "cd $suite; phpunit --no-configuration --do-not-cache-result --repeat 3 --bootstrap test/bootstrap.php test"
    add php-parser "cd $suite; php bin/php-parse --var-dump lib/PhpParser/ParserAbstract.php lib/PhpParser/Parser/Php7.php lib/PhpParser/Parser/Php5.php"
fi

# cpu COMMAND…: seconds of user and system time of the command; its output is dropped.
cpu()
{
    local TIMEFORMAT='%U %S' spent
    spent=$({ time "$@" >/dev/null 2>"$work/stderr" </dev/null; } 2>&1) || { cat "$work/stderr" >&2; return 1; }
    awk '{ print $1 + $2 }' <<<"$spent"
}
# Some suites end with a status of their own; that is not ours to judge.
shell() { bash -c "$1" || true; }
recorded() { # COMMAND STACKS
    # The last command of the line is what is recorded.
    local line=$1 prefix=""
    [[ $line == *"; "* ]] && prefix="${line%; *}; " line=${line##*; }
    shell "$prefix$hatlas record --quiet --stacks=$2 -o $work/$2.hat -- $line"
}
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
field() { sed -n "s/.*\"$1\": *\\([0-9]*\\).*/\\1/p" | head -n 1; }

printf '%-13s %8s %11s %11s %12s %9s %9s\n' program "plain s" "none ×" "full ×" events "B/event" "full"
for name in "${names[@]}"; do
    command=${programs[$name]}
    : >"$work/plain"; : >"$work/none"; : >"$work/full"
    for ((round = 0; round < rounds; round++)); do
        plain=$(cpu shell "$command")
        none=$(cpu recorded "$command" none)
        full=$(cpu recorded "$command" full)
        echo "$plain" >>"$work/plain"
        awk -v a="$none" -v b="$plain" 'BEGIN { print a / b }' >>"$work/none"
        awk -v a="$full" -v b="$plain" 'BEGIN { print a / b }' >>"$work/full"
    done
    events=$("$hatlas" info --json "$work/none.hat" | tr -d '\n' | field events)
    plain=$(median <"$work/plain")
    none=$(median <"$work/none")
    full=$(median <"$work/full")
    printf '%-13s %8.2f %11.3f %11.3f %12d %9.3f %9.3f\n' "$name" "$plain" "$none" "$full" "$events" \
        "$(awk -v b="$(stat -c %s "$work/none.hat")" -v e="$events" 'BEGIN { print b / e }')" \
        "$(awk -v b="$(stat -c %s "$work/full.hat")" -v e="$events" 'BEGIN { print b / e }')"
    # The issue's measure is over programs of at least a second.
    if awk -v p="$plain" 'BEGIN { exit !(p >= 1) }'; then
        echo "$none" >>"$work/all-none"
        echo "$full" >>"$work/all-full"
    fi
done
if [[ -s $work/all-none ]]; then
    printf '%-13s %8s %11.3f %11.3f   (%d programs of at least 1 s, %d rounds)\n' median "" \
        "$(median <"$work/all-none")" "$(median <"$work/all-full")" "$(wc -l <"$work/all-none")" "$rounds"
fi
