<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Closures: bound, static, nested, kept in arrays, first-class callables, arrow functions that capture.
// min-events: 8000
class Counter
{
    private array $seen = [];

    public function adder(string $prefix): Closure
    {
        return function (int $n) use ($prefix): string {
            $this->seen[] = $prefix . $n;
            return end($this->seen);
        };
    }

    public function count(): int
    {
        return count($this->seen);
    }
}

$counter = new Counter();
$closures = [];
for ($i = 0; $i < 600; $i++) {
    $closures[] = $counter->adder("p$i-");
}
echo 'made ', count($closures), ' ', memory_get_usage(), "\n";
foreach ($closures as $i => $closure) {
    $closure($i);
    $closure($i * 2);
}
echo 'called ', $counter->count(), ' ', memory_get_usage(), "\n";

$compose = static fn (callable ...$f): Closure => static fn (mixed $x): mixed
    => array_reduce($f, static fn (mixed $value, callable $g): mixed => $g($value), $x);
$pipeline = $compose(strrev(...), strtoupper(...), static fn (string $s): string => str_pad($s, 40, '*', STR_PAD_BOTH));
$results = [];
for ($i = 0; $i < 800; $i++) {
    $results[] = $pipeline("item number $i");
}
echo 'composed ', md5(implode($results)), ' ', memory_get_usage(), "\n";

$curry = static fn (int $a): Closure => static fn (int $b): Closure => static fn (int $c): int => $a * $b + $c;
$sum = 0;
for ($i = 0; $i < 900; $i++) {
    $sum += $curry($i)(3)($i);
}
echo 'curried ', $sum, ' ', memory_get_usage(), "\n";
$bound = array_map(static fn (int $i): Closure => Closure::bind(function () use ($i) {
    return count($this->seen) + $i;
}, $counter, Counter::class), range(1, 300));
echo 'bound ', array_sum(array_map(static fn (Closure $f): int => $f(), $bound)), ' ', memory_get_usage(), "\n";
$closures = $results = $bound = $counter = null;
echo 'end ', memory_get_usage(), ' peak ', memory_get_peak_usage(), "\n";
