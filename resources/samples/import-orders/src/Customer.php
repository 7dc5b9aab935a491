<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

final class Customer
{
    /** @var list<Order> */
    public array $orders = [];

    public function __construct(public readonly string $mail, public readonly string $city)
    {
    }
}
