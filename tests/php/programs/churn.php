<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Random churn over every size class and over page runs: the placement rules have no pattern to lean on.
// min-events: 100000
// ini: memory_limit=256M
mt_srand(20260401);
$live = [];
$sizes = [0, 1, 8, 9, 16, 24, 30, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768,
    896, 1024, 1280, 1536, 1792, 2048, 2560, 3047, 3048, 3049, 4000, 4096, 8000, 12288, 30000, 70000, 300000, 1000000];
$last = count($sizes) - 1;
for ($step = 0; $step < 60000; $step++) {
    $slot = mt_rand(0, 3999);
    // Small ones are common, pages rare, as in programs.
    $size = $sizes[mt_rand(0, mt_rand(0, 9) === 0 ? $last : 24)];
    switch (mt_rand(0, 3)) {
        case 0:
            unset($live[$slot]);
            break;
        case 1:
            if (isset($live[$slot])) {
                $live[$slot] .= str_repeat('r', mt_rand(1, 64)); // realloc
                break;
            }
            // no break
        default:
            $live[$slot] = str_repeat('c', $size + mt_rand(0, 7));
    }
    if ($step % 10000 === 0) {
        echo $step, ' ', count($live), ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
    }
}
echo 'live ', count($live), ' ', array_sum(array_map('strlen', $live)), ' ', memory_get_usage(), "\n";
foreach (array_keys($live) as $i => $slot) {
    if ($i % 5 !== 0) {
        unset($live[$slot]);
    }
}
echo 'thinned ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
for ($i = 0; $i < 300; $i++) {
    $live["large$i"] = str_repeat('L', mt_rand(3073, 40000));
}
echo 'end ', memory_get_usage(), ' ', memory_get_usage(true), ' peak ', memory_get_peak_usage(), ' ',
    memory_get_peak_usage(true), "\n";
