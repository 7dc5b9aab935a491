<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Text in and out: json, regular expressions, splitting and joining, sorting.
mt_srand(2);
$words = [];
for ($i = 0; $i < 3000; $i++) {
    $words[] = substr(md5((string) $i), 0, 3 + $i % 9);
}
$digest = '';
for ($round = 0; $round < 260; $round++) {
    $rows = [];
    for ($i = 0; $i < 500; $i++) {
        $rows[] = ['id' => $i, 'text' => implode(' ', array_map(static fn (): string => $words[mt_rand(0, 2999)], range(1, 12)))];
    }
    $decoded = json_decode(json_encode($rows), true);
    usort($decoded, static fn (array $a, array $b): int => strcmp($a['text'], $b['text']));
    foreach ($decoded as $row) {
        $counted = count_chars(strtoupper(preg_replace_callback('/\b([a-f])(\w+)/', static fn (array $m): string => $m[2] . $m[1], $row['text'])), 1);
        $digest = md5($digest . count($counted) . count(preg_split('/[\s\d]+/', $row['text'])));
    }
}
echo $digest, "\n";
