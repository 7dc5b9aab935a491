<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Small objects and arrays that live for a while: an inventory with lookups, moves and totals.
final class Item
{
    public array $history = [];

    public function __construct(public int $id, public string $name, public float $price)
    {
    }
}

mt_srand(1);
$items = [];
$sum = 0.0;
for ($i = 0; $i < 1_500_000; $i++) {
    $id = mt_rand(0, 20_000);
    $item = $items[$id] ?? new Item($id, 'item ' . $id, $id / 7);
    $item->history[] = $i;
    if (count($item->history) > 12) {
        $item = new Item($id, $item->name . "'", $item->price + 1);
        if (strlen($item->name) > 40) {
            $item->name = 'item ' . $id;
        }
    }
    $items[$id] = $item;
    $sum += $item->price;
    for ($k = 0; $k < 10; $k++) {
        $sum += sqrt($i + $k);
    }
}
printf("%.1f %d\n", $sum, count($items));
