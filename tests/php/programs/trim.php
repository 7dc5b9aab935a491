<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// gc_mem_caches(): empty runs go back to the pages, empty chunks to the cache or the system.
// min-events: 20000
// ini: memory_limit=256M
mt_srand(5);
$freed = 0;
for ($round = 0; $round < 8; $round++) {
    $kept = [];
    for ($i = 0; $i < 4000; $i++) {
        $kept[] = str_repeat('t', mt_rand(0, 3000));
    }
    $before = memory_get_usage(true);
    foreach ($kept as $i => $_) {
        if ($round % 2 === 0 || $i % 11 !== 0) {
            unset($kept[$i]);
        }
    }
    unset($_);
    $returned = gc_mem_caches();
    $freed += $returned;
    echo $round, ' ', $before, ' -> ', memory_get_usage(true), ' returned ', $returned, ' live ', memory_get_usage(), "\n";
    $again = gc_mem_caches();
    echo $round, ' again ', $again, "\n";
}
$kept = null;
echo 'last ', gc_mem_caches(), ' ', $freed, "\n";
echo 'end ', memory_get_usage(), ' ', memory_get_usage(true), ' ', memory_get_peak_usage(), ' ', memory_get_peak_usage(true), "\n";
