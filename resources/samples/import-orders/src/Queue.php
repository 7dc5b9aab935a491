<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

/** Jobs as they would come from a broker: a name and a CSV text each. */
final class Queue
{
    private int $next = 0;

    public function __construct(private readonly int $jobs)
    {
    }

    /** @return array{name: string, rows: string}|null */
    public function reserve(): ?array
    {
        if ($this->next >= $this->jobs) {
            return null;
        }
        $job = $this->next++;
        $rows = '';
        $count = 160 + $job % 4 * 50;
        for ($i = 0; $i < $count; $i++) {
            $customer = mt_rand(0, 140);
            $products = [];
            for ($line = mt_rand(1, 4); $line > 0; $line--) {
                $products[] = sprintf('P-%05d*%d', mt_rand(0, 7049), mt_rand(1, 9));
            }
            $rows .= sprintf(
                "O-%02d-%04d;customer%d@example.org;%s;%s;\"%s\"\n",
                $job,
                $i,
                $customer,
                ['Bremen', 'Kassel', 'Leipzig', 'Ulm'][$customer % 4],
                implode(',', $products),
                str_repeat('please ring twice ', mt_rand(0, 6)),
            );
        }
        return ['name' => "orders-$job.csv", 'rows' => $rows];
    }
}
