<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// The hard limit of 8.2.35 on: the process ends at once, without shutdown functions and without a final state.
// min-events: 1000
// ini: memory_limit=4M
// status: 137
// errors: Hard memory limit of
// final: absent
// variants: delayed-oom
// files: 1
register_shutdown_function(static function (): void {
    fwrite(STDOUT, "never here\n");
});
$kept = [];
for ($i = 0; $i < 6000; $i++) {
    $kept[] = str_repeat('h', $i % 300 + 1);
    if ($i % 1000 === 0) {
        fwrite(STDOUT, $i . ' ' . memory_get_usage() . ' ' . memory_get_usage(true) . "\n");
    }
}
$text = implode(',', $kept);
// One request beyond twice the limit, by an instruction that cannot fail half-way.
$text = "$text$text$text$text$text$text$text$text$text$text$text$text";
fwrite(STDOUT, strlen($text) . "\n");
