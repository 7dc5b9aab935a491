#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# test.sh   installs what is missing, builds everything and runs every test (cmake --workflow --preset check).
# The last lines are ctest's own count and what was skipped. Exit status: 0 only if every test passed.

set -euo pipefail
root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=packaging/deps.sh
. "$root/packaging/deps.sh"

case ${1:-} in
"") ;;
-h | --help)
    sed -n '4,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
*)
    ha_say "$(basename "$0"): takes no arguments; single tests: ctest --preset release -R NAME"
    exit 2
    ;;
esac

ha_need test || ha_fail "cannot go on without the packages above"
mkdir -p "$root/build" 2>/dev/null && [[ -w $root/build ]] || ha_fail "cannot write to $root/build"
log=$root/build/test.log

# The workflow takes no job counts on its command line, but both tools ask these.
CMAKE_BUILD_PARALLEL_LEVEL=$(ha_jobs)
CTEST_PARALLEL_LEVEL=$(ha_jobs)
export CMAKE_BUILD_PARALLEL_LEVEL CTEST_PARALLEL_LEVEL

cd "$root"
status=0
cmake --workflow --preset check 2>&1 | tee "$log" || status=${PIPESTATUS[0]}

echo
counted=$(grep -E '^[0-9]+% tests passed' "$log" || true)
if [[ -z $counted ]]; then
    echo "No test was run: configuring or building failed, see above or $log"
    ((status != 0)) || status=1
else
    sed -n '/^The following tests did not run:/,/^$/p' "$log"
    echo "$counted"
fi
exit "$status"
