<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// A request over the limit that may fail: str_repeat of 8.2.35 on returns, and the error comes a little later; in the
// classic variant it is the same fatal error as any other. What follows runs in a shutdown function.
// min-events: 4000
// ini: memory_limit=16M
// status: 255
// output: Allowed memory size of 16777216 bytes exhausted
register_shutdown_function(static function (): void {
    echo 'shutdown ', memory_get_usage(), ' ', memory_get_usage(true), ' ', memory_get_peak_usage(), "\n";
    $rows = [];
    for ($i = 0; $i < 1200; $i++) {
        $rows[] = md5((string) $i);
    }
    echo 'still working ', count($rows), ' ', memory_get_usage(), "\n";
});
$rows = [];
for ($i = 0; $i < 4000; $i++) {
    $rows["r$i"] = 'row ' . $i . str_repeat('.', $i % 50);
}
echo 'rows ', count($rows), ' ', memory_get_usage(), ' ', memory_get_usage(true), "\n";
$rows = array_slice($rows, 0, 100);
$big = str_repeat('b', 40_000_000);
echo 'unreachable ', strlen($big), "\n";
