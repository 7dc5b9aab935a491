<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

final class Worker
{
    public function __construct(
        private readonly Queue $queue,
        private readonly MetricsBuffer $metrics,
        private readonly PriceCache $prices,
    ) {
    }

    public function loop(): Report
    {
        $catalogue = Catalogue::load(7000);
        checkpoint('catalogue loaded');
        $all = new Report('all jobs');
        for ($done = 0; ($reserved = $this->queue->reserve()) !== null;) {
            $job = new ImportJob($reserved['name'], $catalogue, $this->metrics, $this->prices);
            $all->include($job->run($reserved['rows']));
            unset($job, $reserved);
            if (++$done % 3 === 0) {
                checkpoint("$done jobs done");
            }
            if ($done % 2 === 0) {
                gc_collect_cycles(); // orders and their lines know each other
            }
            if ($done === 8) {
                unset($catalogue);
                $catalogue = Catalogue::load(4800); // the summer range is shorter
                checkpoint('summer range');
            }
        }
        unset($catalogue);
        gc_collect_cycles();
        checkpoint('catalogue released, ' . $this->metrics->count() . ' points kept');
        return $all;
    }
}
