#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tst_packaging.sh SOURCE_DIR: what packaging/deps.sh does on machines that this one is not. apt-get, dpkg-query and sudo
# are stand-ins that note how they were called; nothing is installed.

set -uo pipefail
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# Stand-ins. A package is installed if a file of its name is in $work/installed; apt-get install makes one.
mkdir -p "$work/bin" "$work/nosudo" "$work/installed"
cat >"$work/bin/dpkg-query" <<EOF
#!/bin/bash
[[ -e "$work/installed/\${!#}" ]] && echo "ii " || exit 1
EOF
cat >"$work/bin/apt-get" <<EOF
#!/bin/bash
echo "apt-get \$* [\$DEBIAN_FRONTEND]" >>"$work/calls"
[[ -e "$work/broken" && " \$* " == *" install "* ]] && exit 100
take=
for word; do [[ \$take && \$word != -* ]] && touch "$work/installed/\$word"; [[ \$word == install ]] && take=1; done
exit 0
EOF
cat >"$work/bin/sudo" <<EOF
#!/bin/bash
echo "sudo \$*" >>"$work/calls"
[[ -e "$work/nopassword" ]] && exit 1
[[ \$1 == -n ]] && shift
"\$@"
EOF
chmod +x "$work"/bin/*
for tool in bash env awk nproc id basename touch; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done

# try LABEL DISTRIBUTION ROOT(yes|no) LIST: ha_need in a shell of its own; sets $status and $said.
try()
{
    : >"$work/calls"
    said=$(PATH=$work/bin bash -c '
        . "$1/packaging/deps.sh"
        pretended=$2 asRootToo=$3
        ha_distribution() { echo "$pretended"; }
        ha_is_root() { [[ $asRootToo == yes ]]; }
        ha_need "$4"' deps "$root" "$2" "$3" "$4" 2>&1 </dev/null)
    status=$?
    label=$1
}
expect()
{
    if ! eval "$1"; then
        echo "FAIL: $label: not: $1"
        echo "      status $status, said: $said"
        sed 's/^/      called: /' "$work/calls"
        failures=$((failures + 1))
    fi
}
called() { grep -q -- "$1" "$work/calls"; }
said() { [[ $said == *"$1"* ]]; }

try "fresh machine, root" debian-12 yes run
expect '((status == 0))'
expect 'called "update"'
expect 'called "install --no-install-recommends .*libqcustomplot-dev"'
expect 'called "DPkg::Lock::Timeout=120"'
expect 'called "\[noninteractive\]"'
expect '! called sudo'
expect '! called phpunit'

try "again, nothing missing" debian-12 no run
expect '((status == 0))'
expect '[[ ! -s $work/calls ]]'
expect '[[ -z $said ]]'

try "tests need a few more" debian-12 no test
expect '((status == 0))'
expect 'called "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get"'
expect 'called "install .*phpunit"'
expect '! called "install .*libqcustomplot-dev"'

rm "$work/installed/phpunit"
touch "$work/nopassword"
try "sudo refuses" debian-12 no test
expect '((status != 0))'
expect 'said "apt-get update && apt-get install --no-install-recommends phpunit"'
expect '! called "apt-get.*install.*noninteractive"'

mv "$work/bin/sudo" "$work/nosudo"
try "no sudo" debian-12 no test
expect '((status != 0))'
expect 'said "administrator"'
expect 'said "apt-get install --no-install-recommends phpunit"'

touch "$work/broken"
try "apt-get fails" debian-12 yes test
expect '((status != 0))'
expect 'said "could not be installed"'
rm "$work/broken"

try "another distribution" fedora-40 yes run
expect '((status != 0))'
expect 'said "fedora 40"'
expect 'said "qt6-base-dev"'
expect 'said "HA_NO_INSTALL=1"'
expect '[[ ! -s $work/calls ]]'

export HA_NO_INSTALL=1
try "told not to install" fedora-40 no test
expect '((status == 0))'
expect '[[ ! -s $work/calls ]]'
unset HA_NO_INSTALL

label="scripts as a whole"
status=- said=-
for script in packaging/run.sh packaging/test.sh .ci/run; do
    expect "[[ -x '$root/$script' ]]"
    expect "bash -n '$root/$script'"
done
said=$("$root/packaging/run.sh" "$work/no such file.hat" 2>&1 </dev/null)
status=$?
label="run.sh with a file that is not there"
expect '((status == 1))'
expect 'said "no such file.hat"'
label="the sample that run.sh opens"
expect '[[ -s $root/$(grep -o "resources/samples/[a-z-]*\.hat" "$root/packaging/run.sh") ]]'
version=$(sed -n 's/^project(HeapAtlas VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
label="version $version"
expect 'grep -q "<release version=\"$version\"" "$root/packaging/io.github.heapatlas.HeapAtlas.metainfo.xml"'
expect 'grep -q "Heap Atlas $version" "$root/packaging/hatlas.1"'
expect 'grep -q "Heap Atlas $version" "$root/packaging/heap-atlas.1"'
expect 'grep -q "^## $version" "$root/packaging/CHANGELOG.md"'

((failures == 0)) && echo "all as expected"
exit $((failures != 0))
