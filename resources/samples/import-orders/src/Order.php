<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

/** An order knows its lines, and they know it: a cycle that only the collector can free. */
final class Order
{
    /** @var list<OrderLine> */
    public array $lines = [];

    public function __construct(public readonly string $number, public readonly Customer $customer)
    {
        $customer->orders[] = $this;
    }

    public function add(string $product, string $name, int $quantity, int $cents): void
    {
        $this->lines[] = new OrderLine($this, $product, $name, $quantity, $cents);
    }

    public function total(): int
    {
        return array_sum(array_map(static fn (OrderLine $line): int => $line->quantity * $line->cents, $this->lines));
    }
}
