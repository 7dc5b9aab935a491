<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// A page of PHP's built-in server: every request works on the heap that the one before left.
mt_srand((int) ($_GET['n'] ?? 0));
$rows = [];
for ($i = 0; $i < 1500; $i++) {
    $rows[] = ['id' => $i, 'text' => str_repeat(chr(97 + $i % 26), mt_rand(1, 900))];
}
usort($rows, static fn (array $a, array $b): int => strlen($a['text']) <=> strlen($b['text']));
$page = '';
foreach (array_slice($rows, 0, 1200) as $row) {
    $page .= "<tr><td>{$row['id']}</td><td>" . htmlspecialchars($row['text']) . "</td></tr>\n";
}
header('Content-Type: text/plain');
header('X-Pid: ' . getmypid());
echo md5($page), ' ', memory_get_usage(), ' ', memory_get_usage(true), ' ', memory_get_peak_usage(), "\n";
