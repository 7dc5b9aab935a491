#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# fetchsuite.sh DIR
#
# A real test suite for phpunit: the source of Debian's php-parser (over 900 tests), unpacked as DIR/suite.
# DIR/unavailable holds the reason if it cannot be had. Exit status 0 either way.

set -uo pipefail
mkdir -p "$1" && dir=$(cd -- "$1" && pwd) || exit 1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/php/aptprivate.sh
. "$here/aptprivate.sh"

if [[ -f $dir/suite/vendor/autoload.php ]]; then
    echo "php-parser (as before)"
    exit 0
fi
rm -rf "${dir:?}"/*

give_up()
{
    echo "$1" | tee "$dir/unavailable"
    exit 0
}

cd -- "$dir" || exit 1
apt_private "$dir/apt" deb-src update || give_up "php-parser: Debian's source lists cannot be had here"
apt_private "$dir/apt" deb-src --download-only --tar-only source php-parser ||
    give_up "php-parser: its source cannot be had here"
archive=$(echo "$dir"/php-parser_*.orig.tar.*)
# CMake unpacks every compression by itself; tar would need xz installed.
cmake -E tar xf "$archive" || give_up "php-parser: $(basename "$archive") cannot be unpacked"
mv "$dir"/[pP][hH][pP]-[pP]arser-* "$dir/suite" || give_up "php-parser: unexpected content"
rm -rf "$dir/apt"

# What composer would make; the suite needs no other library than phpunit.
mkdir "$dir/suite/vendor"
cat >"$dir/suite/vendor/autoload.php" <<'PHP'
<?php
spl_autoload_register(static function (string $class): void {
    $prefix = 'PhpParser\\';
    if (strncmp($class, $prefix, strlen($prefix)) !== 0) {
        return;
    }
    $path = strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
    foreach (['lib', 'test'] as $folder) {
        $file = dirname(__DIR__) . "/$folder/PhpParser/$path";
        if (is_file($file)) {
            require $file;
            return;
        }
    }
}, true, true);
PHP
echo "php-parser: $(basename "$archive")"
