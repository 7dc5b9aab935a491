#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# fetchphp.sh classic|delayed-oom DIR
#
# Finds a PHP 8.2 with the asked variant of the allocator: the installed one if it has it, otherwise Debian's packages of
# such a version, unpacked below DIR and never installed. DIR/command then holds the command, one argument a line;
# DIR/unavailable the reason if there is none. Exit status 0 either way: the tests that need it skip with that reason.

set -uo pipefail
variant=$1
mkdir -p "$2" && dir=$(cd -- "$2" && pwd) || exit 1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/php/aptprivate.sh
. "$here/aptprivate.sh"

give_up()
{
    rm -f "$dir/command"
    echo "$1" | tee "$dir/unavailable"
    exit 0
}

# 8.2.35 is where the limit error stopped leaving the allocator by longjmp.
variant_of() { "$@" -n -r 'echo PHP_MAJOR_VERSION . PHP_MINOR_VERSION != 82 || PHP_ZTS || PHP_DEBUG ? "other" : (PHP_VERSION_ID >= 80235 ? "delayed-oom" : "classic");' 2>/dev/null; }

mapfile -t command 2>/dev/null <"$dir/command" || command=()
if ((${#command[@]})) && [[ $(variant_of "${command[0]}") == "$variant" ]]; then
    echo "$variant: ${command[0]} (as before)"
    exit 0
fi
rm -rf "${dir:?}"/*

for installed in php8.2 php; do
    path=$(command -v "$installed") || continue
    path=$(readlink -f -- "$path")
    if [[ $(variant_of "$path") == "$variant" ]]; then
        printf '%s\n' "$path" >"$dir/command"
        echo "$variant: $path (installed)"
        exit 0
    fi
done

case $variant in
classic) version=8.2.32-1~deb12u1 ;;
delayed-oom) version=8.2.36-1~deb12u1 ;;
*) give_up "unknown variant $variant" ;;
esac
packages=()
for name in cli common opcache xml mbstring; do
    packages+=("php8.2-$name=$version")
done
mkdir -p "$dir/packages" "$dir/unpacked"
apt_download "$dir/packages" "${packages[@]}" || give_up "PHP of the $variant variant: Debian's packages of $version cannot be had here"
for package in "$dir"/packages/*.deb; do
    dpkg-deb -x "$package" "$dir/unpacked" || give_up "PHP of the $variant variant: $(basename "$package") cannot be unpacked"
done

php=$dir/unpacked/usr/bin/php8.2
modules=$(echo "$dir"/unpacked/usr/lib/php/2*)
# -n: the ini files of the installed PHP name modules of another version. dom comes before those that use it.
arguments=("$php" -n -d "extension_dir=$modules")
for module in opcache ctype iconv posix tokenizer phar mbstring dom simplexml xml xmlreader xmlwriter; do
    [[ -f $modules/$module.so ]] || continue
    kind=extension
    [[ $module == opcache ]] && kind=zend_extension
    arguments+=(-d "$kind=$module.so")
done
[[ $("${arguments[@]}" -r 'echo class_exists("DOMDocument") ? "runs" : "";' 2>&1) == runs ]] ||
    give_up "PHP of the $variant variant: $version was unpacked but does not run here: $("${arguments[@]}" -v 2>&1 | head -n 1)"
printf '%s\n' "${arguments[@]}" >"$dir/command"
echo "$variant: $php ($version, unpacked)"
