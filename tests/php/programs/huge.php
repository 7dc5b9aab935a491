<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks of more than 2 MB, growing and shrinking: in place where the kernel lets them, moved where not.
// Peaks of real usage are not printed: they depend on that, with and without a recorder.
// min-events: 3000
// ini: memory_limit=512M
$blocks = [];
for ($round = 0; $round < 40; $round++) {
    for ($i = 0; $i < 4; $i++) {
        $blocks[$i] = str_repeat(chr(65 + $i), 2_100_000 + $i * 700_000 + $round * 4096 * ($i + 1));
    }
    if ($round % 3 === 1) {
        unset($blocks[1], $blocks[2]);
    }
}
echo 'huge strings ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
$blocks = [];

$growing = '';
for ($i = 0; $i < 160; $i++) {
    $growing .= str_repeat("line $i\n", 8000); // realloc of a block that becomes huge
    if ($i % 20 === 19) {
        echo 'string of ', strlen($growing), ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
    }
}
$between = str_repeat('-', 3_000_000); // stands where the next one would grow
$second = str_repeat('+', 3_000_000);
for ($i = 0; $i < 60; $i++) {
    $second .= str_repeat('+', 50_000);
    $growing .= 'x';
}
echo 'two of them ', strlen($second) + strlen($growing), ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
unset($between);

$packed = [];
for ($i = 0; $i < 600_000; $i++) {
    $packed[] = $i; // doubles 16 bytes at a time: 4, 8, 16 MB
}
echo 'packed ', count($packed), ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
$packed = array_slice($packed, 0, 300_000);
array_splice($packed, 100_000);
echo 'sliced ', count($packed), ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
$buffer = new SplFixedArray(10);
foreach ([200_000, 500_000, 300_000, 900_000, 150_000, 10] as $size) {
    $buffer->setSize($size); // erealloc down as well as up
    echo 'fixed array of ', $size, ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
}
$pieces = [];
for ($i = 0; $i < 1500; $i++) {
    $pieces[] = substr($growing, $i * 100, $i % 900 + 1);
}
echo 'pieces ', md5(implode($pieces)), "\n";
$growing = $second = $packed = $pieces = $buffer = null;
echo 'end ', memory_get_usage(), ' ', memory_get_usage(true), ' peak ', memory_get_peak_usage(), "\n";
