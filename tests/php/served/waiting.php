<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Allocates less than a block of a trace holds, says so, and then does nothing until a signal ends it.
$strings = [];
for ($i = 0; $i < 20000; ++$i) {
    $strings[] = str_repeat(chr(65 + $i % 26), 40 + $i % 100);
}
echo 'waiting as ', getmypid(), "\n";
for (;;) {
    sleep(60);
}
