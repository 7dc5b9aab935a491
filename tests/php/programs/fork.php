<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// pcntl_fork: parent and child go on by themselves, each into a file of its own.
// min-events: 1000
// files: 2
// extension: pcntl
function work(string $who, int $seed): void
{
    mt_srand($seed);
    $kept = [];
    for ($i = 0; $i < 2500; $i++) {
        $kept[mt_rand(0, 400)] = str_repeat($who[0], mt_rand(1, 800));
    }
    // fwrite, not echo: a buffer that the child inherited would be written twice.
    fwrite(STDOUT, sprintf("%s %d %d %d\n", $who, count($kept), memory_get_usage(), memory_get_usage(true)));
}

$before = [];
for ($i = 0; $i < 3000; $i++) {
    $before[] = "shared with the child $i";
}
work('before', 1);
$pid = pcntl_fork();
if ($pid === 0) {
    $before = array_slice($before, 500);
    work('child', 2);
    exit(7);
}
pcntl_waitpid($pid, $status);
fwrite(STDOUT, 'child ended with ' . pcntl_wexitstatus($status) . "\n");
work('parent', 3);
fwrite(STDOUT, 'end ' . memory_get_usage() . ' ' . memory_get_peak_usage() . "\n");
