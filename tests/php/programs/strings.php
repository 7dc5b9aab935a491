<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Strings and arrays: concatenation in place, copy on write, packed and hashed arrays, growth and splitting.
// min-events: 20000
function say(string $what): void
{
    printf("%s: %d, real %d, peak %d\n", $what, memory_get_usage(), memory_get_usage(true), memory_get_peak_usage());
}

say('start');
$text = '';
for ($i = 0; $i < 4000; $i++) {
    $text .= 'row ' . $i . ';'; // erealloc of one growing string
}
say('grown string of ' . strlen($text));

$rows = explode(';', $text);
$byLength = [];
foreach ($rows as $row) {
    $byLength[strlen($row)][] = strtoupper($row);
}
ksort($byLength);
say('rows by length: ' . count($byLength));

$copy = $rows;
$copy[] = 'one more'; // separates
array_splice($copy, 100, 1500, array_fill(0, 40, 'filler'));
say('spliced copy of ' . count($copy));

$table = [];
for ($i = 0; $i < 3000; $i++) {
    $table["key$i"] = [$i, "value $i", [$i => $i * 2]];
}
for ($i = 0; $i < 3000; $i += 3) {
    unset($table["key$i"]);
}
say('table of ' . count($table));
$table = array_map(static fn (array $row): string => implode(',', array_slice($row, 0, 2)), $table);
say('flattened');

$words = preg_split('/\W+/', str_repeat('alpha beta gamma delta ', 800), -1, PREG_SPLIT_NO_EMPTY);
$count = array_count_values($words);
arsort($count);
say('words: ' . json_encode($count));

$text = $rows = $byLength = $copy = $table = $words = null;
say('end');
