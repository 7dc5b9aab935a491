<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Generators and fibers: their own VM stack pages, frames that are half built, abandoned ones.
// min-events: 10000
function numbers(int $n): Generator
{
    for ($i = 0; $i < $n; $i++) {
        $got = yield "key$i" => str_repeat(chr(97 + $i % 26), $i % 200 + 1);
        if ($got === 'stop') {
            return $i;
        }
    }
    return -1;
}

function tree(int $depth): Generator
{
    if ($depth > 0) {
        yield from tree($depth - 1);
        yield [$depth, str_repeat('x', $depth * 10)];
        yield from tree($depth - 1);
    }
}

$total = 0;
foreach (numbers(2000) as $key => $value) {
    $total += strlen($key) + strlen($value);
}
echo 'numbers ', $total, ' ', memory_get_usage(), "\n";
$g = numbers(2000);
while ($g->valid()) {
    $g->send(strlen($g->current()) > 150 ? 'stop' : 'go');
}
echo 'stopped at ', $g->getReturn(), ' ', memory_get_usage(), "\n";
$nodes = 0;
foreach (tree(9) as [$depth, $text]) {
    $nodes += $depth + strlen($text);
}
echo 'tree ', $nodes, ' ', memory_get_usage(), "\n";
$abandoned = [];
for ($i = 0; $i < 50; $i++) {
    $abandoned[$i] = numbers(10);
    $abandoned[$i]->next();
}
echo 'abandoned ', count($abandoned), ' ', memory_get_usage(), "\n";
unset($abandoned, $g);

$log = [];
$fibers = [];
for ($i = 0; $i < 12; $i++) {
    $fibers[] = new Fiber(static function (int $id) use (&$log): string {
        $kept = [];
        for ($round = 0; $round < 60; $round++) {
            $kept[] = str_repeat("$id:$round ", $round + 1);
            $log[] = Fiber::suspend([$id, $round, strlen(end($kept))]);
        }
        return implode('', $kept);
    });
}
foreach ($fibers as $i => $fiber) {
    $fiber->start($i);
}
for ($round = 0; $round < 59; $round++) {
    foreach ($fibers as $i => $fiber) {
        $fiber->resume($round * 100 + $i);
    }
}
echo 'suspended ', count($log), ' ', memory_get_usage(), "\n";
$lengths = 0;
foreach (array_slice($fibers, 0, 8) as $fiber) {
    $fiber->resume('last');
    $lengths += strlen($fiber->getReturn());
}
echo 'finished ', $lengths, ' ', memory_get_usage(), "\n";
unset($fibers, $fiber); // four are destroyed while suspended
$log = null;
try {
    (new Fiber(static function (): void {
        $x = str_repeat('lost ', 1000);
        throw new RuntimeException(strlen($x) . ' bytes thrown out of a fiber');
    }))->start();
} catch (RuntimeException $e) {
    echo $e->getMessage(), "\n";
    unset($e);
}
echo 'end ', memory_get_usage(), ' peak ', memory_get_peak_usage(), ' real ', memory_get_usage(true), "\n";
