<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// memory_limit reached: the fatal error, then a shutdown function that still allocates.
// min-events: 5000
// ini: memory_limit=8M
// status: 255
// output: Allowed memory size of 8388608 bytes exhausted
// output: shutdown after
register_shutdown_function(static function (): void {
    global $kept;
    $count = count($kept);
    echo 'shutdown after ', $count, ' ', memory_get_usage() > 4_000_000 ? 'full' : 'empty', "\n";
    $kept = array_slice($kept, 0, 10);
    $more = [];
    for ($i = 0; $i < 500; $i++) {
        $more[] = "after the end $i";
    }
    echo 'released ', count($more), ' ', memory_get_usage(), ' ', memory_get_usage(true), ' ', memory_get_peak_usage(), "\n";
});
$kept = [];
echo 'start ', memory_get_usage(), ' ', ini_get('memory_limit'), "\n";
for ($i = 0; $i < 1_000_000; $i++) {
    $kept[] = [$i, str_repeat('k', $i % 300)];
    if ($i % 2000 === 0) {
        echo $i, ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
    }
}
echo "never here\n";
