<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// json, preg, sort: encoders, callbacks from C into PHP, user comparison.
// min-events: 20000
mt_srand(8);
$records = [];
for ($i = 0; $i < 1200; $i++) {
    $records[] = [
        'id' => $i,
        'name' => 'name-' . mt_rand(0, 99999),
        'tags' => array_map(static fn (int $t): string => "tag$t", range(0, mt_rand(1, 6))),
        'price' => mt_rand(0, 100000) / 100,
        'nested' => ['a' => ['b' => ['c' => $i % 7]]],
    ];
}
echo 'records ', memory_get_usage(), "\n";

$json = json_encode($records, JSON_PRETTY_PRINT);
echo 'json ', strlen($json), ' ', memory_get_usage(), "\n";
$objects = json_decode($json);
$arrays = json_decode($json, true);
echo 'decoded ', count($objects), ' ', count($arrays), ' ', memory_get_usage(), "\n";

usort($arrays, static fn (array $a, array $b): int => [$a['price'], $a['name']] <=> [$b['price'], $b['name']]);
echo 'sorted, first ', $arrays[0]['id'], ' ', memory_get_usage(), "\n";
$names = array_column($arrays, 'name', 'id');
natsort($names);
array_multisort(array_column($arrays, 'name'), SORT_DESC, $arrays);
echo 'sorted again, first ', $arrays[0]['id'], ' ', memory_get_usage(), "\n";

$hits = preg_match_all('/"name": "name-(?<number>\d+)"/', $json, $matches, PREG_SET_ORDER);
echo 'matches ', $hits, ' ', memory_get_usage(), "\n";
$changed = preg_replace_callback('/tag(\d)/', static fn (array $m): string => '<' . ($m[1] * 11) . '>', $json);
echo 'replaced ', md5($changed), ' ', memory_get_usage(), "\n";
unset($objects, $arrays, $matches, $changed, $json);
printf("serialized %s\n", md5(serialize(unserialize(serialize($records)))));
echo 'end ', memory_get_usage(), ' peak ', memory_get_peak_usage(), ' ', memory_get_peak_usage(true), "\n";
