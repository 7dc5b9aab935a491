<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// An exception that nobody catches.
// min-events: 2000
// status: 255
// output: Uncaught LogicException: nobody catches this 1999
function rows(int $n): array
{
    $rows = [];
    for ($i = 0; $i < $n; $i++) {
        $rows[] = ['row' => $i, 'text' => "text $i"];
    }
    return $rows;
}
$rows = rows(2000);
echo count($rows), ' ', memory_get_usage(), "\n";
array_walk($rows, static function (array $row): void {
    if ($row['row'] === 1999) {
        throw new LogicException('nobody catches this ' . $row['row']);
    }
});
