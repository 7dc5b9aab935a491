<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic with few allocations: what the recorder costs where there is nothing to record.
$n = 6_000_000;
$sieve = str_repeat("\1", $n + 1);
for ($i = 2; $i * $i <= $n; $i++) {
    if ($sieve[$i] === "\1") {
        for ($j = $i * $i; $j <= $n; $j += $i) {
            $sieve[$j] = "\0";
        }
    }
}
$x = 1;
$matrix = array_fill(0, 60, array_fill(0, 60, 1.5));
for ($round = 0; $round < 120; $round++) {
    $result = [];
    for ($i = 0; $i < 60; $i++) {
        $row = [];
        for ($j = 0; $j < 60; $j++) {
            $s = 0.0;
            for ($k = 0; $k < 60; $k++) {
                $s += $matrix[$i][$k] * $matrix[$k][$j];
            }
            $row[] = fmod($s, 10.0);
        }
        $result[] = $row;
    }
    $matrix = $result;
}
echo substr_count($sieve, "\1"), ' ', round($matrix[3][4], 6), "\n";
