<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

/** Points to be sent to a metrics service. The fault: nobody ever calls flush(). */
final class MetricsBuffer
{
    /** @var list<array{name: string, value: float}> */
    private array $points = [];

    public function push(string $name, float $value, string $labels): void
    {
        $this->points[] = ['name' => $name . '{' . $labels . '}', 'value' => $value];
    }

    public function flush(): int
    {
        $sent = count($this->points);
        $this->points = [];
        return $sent;
    }

    public function count(): int
    {
        return count($this->points);
    }
}
