<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

final class Product
{
    /** @param list<string> $tags */
    public function __construct(
        public readonly string $name,
        public readonly string $description,
        public readonly int $cents,
        public readonly array $tags,
    ) {
    }
}
