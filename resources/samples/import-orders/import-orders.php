<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// A worker that imports orders: what the sample trace import-orders.hat was recorded from (see ../record.sh).
// It is deterministic, so that recording it again gives the same heap, and it has a fault to be found: MetricsBuffer.

declare(strict_types=1);

foreach (['Catalogue', 'Customer', 'ImportJob', 'MetricsBuffer', 'Order', 'OrderLine', 'PriceCache', 'Product', 'Queue', 'Report', 'Worker'] as $class) {
    require __DIR__ . "/src/$class.php";
}

function checkpoint(string $name): void
{
    if (function_exists('heapatlas_checkpoint')) {
        heapatlas_checkpoint($name);
    }
}

mt_srand(2026);
$worker = new Worker(new Queue(12), new MetricsBuffer(), new PriceCache(600));
$report = $worker->loop();
echo $report->text();
printf("peak %.2f MB, at the end %.2f MB\n", memory_get_peak_usage() / 1048576, memory_get_usage() / 1048576);
