# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by run.sh and test.sh: what the project needs from the distribution, and how it gets there.
#
#   ha_need run|test      installs what is missing of the list; returns non-zero with a sentence on stderr if it cannot
#   ha_jobs               how many compilers this machine can run at once
#   ha_fail TEXT…         the sentence, and status 1
#
# HA_NO_INSTALL=1 leaves the packages alone and goes straight on to the build.
# Known and tried: Debian 12. Elsewhere the list is shown and nothing is touched: the recorder is built for the PHP 8.2
# of Debian 12, and a package of the same name may be something else there.

# Package → why. One a line, so that a change says what it is for; the README repeats the reasons.
ha_packages_run=(
    g++            # compiler, C and C++20
    cmake          # build system, 3.25 or later
    ninja-build    # what the presets generate for
    pkg-config     # finds libzstd
    libzstd-dev    # trace blocks are compressed
    qt6-base-dev   # window (Widgets, PrintSupport for the plots), and Qt Core and Test
    qt6-svg-dev    # icons
    libqcustomplot-dev # the timeline's plot
    php8.2-cli     # the PHP that is recorded
    php8.2-dev     # headers that the recorder, a PHP extension, is built with
)
ha_packages_test=(
    php8.2-xml      # DOM and SimpleXML in the recorded programs; phpunit needs it too
    php8.2-mbstring # likewise
    phpunit         # recorded on a real test suite
    composer        # recorded as a real command
)

ha_say() { printf '%s\n' "$*" >&2; }

ha_fail()
{
    ha_say "$(basename "$0"): $*"
    exit 1
}

# One compiler takes up to about 1.5 GB (Qt and QCustomPlot in one file); more of them than fit would swap or be killed.
ha_jobs()
{
    local cores memoryKb byMemory
    cores=$(nproc 2>/dev/null || echo 1)
    memoryKb=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo 2>/dev/null)
    byMemory=$((${memoryKb:-1572864} / 1572864))
    ((byMemory >= 1)) || byMemory=1
    echo $((cores < byMemory ? cores : byMemory))
}

ha_distribution()
{
    local ID="" VERSION_ID=""
    # shellcheck disable=SC1091
    [[ -r /etc/os-release ]] && . /etc/os-release
    echo "${ID:-unknown}-${VERSION_ID:-unknown}"
}

ha_is_root() { ((EUID == 0)); }

# The packages of the arguments that are not installed, on one line.
ha_missing()
{
    local name missing=()
    for name in "$@"; do
        # Only "ii" is usable: "rc" is removed with its configuration left, "iU" is unpacked but not configured.
        [[ $(dpkg-query -W -f='${db:Status-Abbrev}\n' "$name" 2>/dev/null) == *"ii "* ]] || missing+=("$name")
    done
    echo "${missing[*]}"
}

ha_need()
{
    local wanted=("${ha_packages_run[@]}")
    [[ $1 == test ]] && wanted+=("${ha_packages_test[@]}")
    [[ ${HA_NO_INSTALL:-} == 1 ]] && return 0

    local distribution
    distribution=$(ha_distribution)
    if [[ $distribution != debian-12 ]] || ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        ha_say "This script installs packages on Debian 12 only; this is ${distribution/-/ }."
        ha_say "Needed, by their names there: ${wanted[*]}"
        ha_say "Install what corresponds to them, then run again with HA_NO_INSTALL=1."
        return 1
    fi

    local missing
    missing=$(ha_missing "${wanted[@]}")
    [[ -z $missing ]] && return 0

    local asRoot=()
    local byHand="apt-get update && apt-get install --no-install-recommends $missing"
    if ! ha_is_root; then
        if ! command -v sudo >/dev/null; then
            ha_say "Packages are missing, and there is no sudo here. An administrator has to run:"
            ha_say "    $byHand"
            return 1
        fi
        asRoot=(sudo)
        # Without a terminal nobody can type a password: fail at once instead of waiting.
        [[ -t 0 ]] || asRoot+=(-n)
        if ! "${asRoot[@]}" true; then
            ha_say "Packages are missing, and sudo does not let $(id -un) install them. An administrator has to run:"
            ha_say "    $byHand"
            return 1
        fi
    fi

    ha_say "Installing: $missing"
    # env, because sudo clears the environment. The lock: another apt may just be running its daily update.
    local apt=("${asRoot[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120)
    # stdout of these scripts is for results; apt's talk goes to stderr.
    if ! "${apt[@]}" update >&2; then
        ha_say "apt-get update failed (its message stands above); going on with the package lists at hand."
    fi
    # shellcheck disable=SC2086
    if ! "${apt[@]}" install --no-install-recommends $missing >&2; then
        ha_say "The packages could not be installed; apt-get's message stands above. By hand:"
        ha_say "    $byHand"
        return 1
    fi
    missing=$(ha_missing "${wanted[@]}")
    if [[ -n $missing ]]; then
        ha_say "Still missing after the installation: $missing"
        return 1
    fi
}
