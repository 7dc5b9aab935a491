<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Works, says its process id, and waits to be killed.
$kept = [];
for ($i = 0; $i < 150_000; $i++) {
    $kept[$i % 5000] = str_repeat('e', $i % 1000) . memory_get_usage();
    $other = [$i, "other $i"];
}
fwrite(STDOUT, 'working as ' . getmypid() . "\n");
while (true) {
    $kept[mt_rand(0, 4999)] = str_repeat('z', mt_rand(0, 500));
    usleep(1000);
}
