<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

final class OrderLine
{
    public function __construct(
        public readonly Order $order,
        public readonly string $product,
        public readonly string $name,
        public readonly int $quantity,
        public readonly int $cents,
    ) {
    }
}
