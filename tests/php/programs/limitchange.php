<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// memory_limit changed while running, up and down, refused and accepted; the peak reset in between.
// min-events: 5000
// ini: memory_limit=64M
$kept = [];
foreach (['32M', '128M', '1M', '48M', '-1', '96M', '2M', '64M'] as $step => $limit) {
    for ($i = 0; $i < 700; $i++) {
        $kept["$step-$i"] = str_repeat('m', ($i * 37) % 2500 + 1);
    }
    $old = @ini_set('memory_limit', $limit);
    $error = error_get_last();
    error_clear_last();
    echo $limit, ' was ', var_export($old, true), ' is ', ini_get('memory_limit'), ' ', memory_get_usage(), ' ',
        memory_get_usage(true), ' ', $error === null ? 'accepted' : 'refused: ' . $error['message'], "\n";
    if ($step % 3 === 2) {
        $kept = array_slice($kept, -100);
        memory_reset_peak_usage();
        echo 'peak reset ', memory_get_peak_usage(), ' ', memory_get_peak_usage(true), "\n";
    }
}
// Two huge blocks and their release leave a cached chunk or two to the next limit change.
$a = str_repeat('a', 5_000_000);
$b = str_repeat('b', 7_000_000);
unset($a, $b);
for ($round = 0; $round < 12; $round++) {
    $pages = [];
    for ($i = 0; $i < 120; $i++) {
        $pages[] = str_repeat('p', 60_000);
    }
    unset($pages);
}
echo 'cached ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
@ini_set('memory_limit', '3M');
echo 'end ', ini_get('memory_limit'), ' ', memory_get_usage(), ' ', memory_get_usage(true), ' ', memory_get_peak_usage(), "\n";
