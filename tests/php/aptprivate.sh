# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced. Fetches Debian packages without touching the system: neither its lists, nor its sources, nor what is
# installed. Works without root.

# Mirrors that this machine is set up for, then Debian's own.
apt_mirrors()
{
    local kind=$1
    {
        # shellcheck disable=SC2016 # apt's own placeholders
        apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null | sort -u |
            awk '$2 ~ /^bookworm(-security)?$/ { print $1, $2 }'
        echo "http://deb.debian.org/debian bookworm"
        echo "http://deb.debian.org/debian-security bookworm-security"
    } | sed 's,/ , ,' | awk -v kind="$kind" '!seen[$0]++ { print kind, $1, $2, "main" }'
}

# apt_private DIR KIND ARGUMENTS…: apt-get with sources and lists of its own below DIR; KIND is deb or deb-src.
apt_private()
{
    local dir=$1 kind=$2
    shift 2
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
    [[ -s $dir/sources.list ]] || apt_mirrors "$kind" >"$dir/sources.list"
    apt-get -q -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" -o Acquire::Retries=1 \
        -o Acquire::http::Timeout=20 -o APT::Sandbox::User=root "$@" </dev/null
}

# apt_download DIR PACKAGE=VERSION…: the .deb files into DIR.
apt_download()
{
    local dir=$1
    shift
    (
        cd -- "$dir" || exit 1
        # First by the system's own lists: no download of lists, and its proxies and mirrors are right.
        apt-get -q -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o APT::Sandbox::User=root download "$@" </dev/null ||
            { apt_private "$dir/../apt" deb update && apt_private "$dir/../apt" deb download "$@"; }
    )
}
