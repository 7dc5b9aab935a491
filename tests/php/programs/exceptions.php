<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Exceptions through many frames, finally, errors turned into exceptions, exit in the middle of nested calls.
// min-events: 8000
// status: 3
set_error_handler(static function (int $no, string $message): never {
    throw new ErrorException($message, 0, $no);
});
register_shutdown_function(static function (): void {
    $x = array_map('md5', range(0, 500));
    echo 'shutdown ', count($x), ' ', memory_get_usage(), "\n";
});

final class Holder
{
    public array $data;

    public function __construct(int $n)
    {
        $this->data = array_fill(0, $n, "held $n");
    }

    public function __destruct()
    {
        $this->data = [];
    }
}

function deep(int $n, array $carried): int
{
    $holder = new Holder($n + 1);
    $text = str_repeat("frame $n ", $n + 1);
    try {
        if ($n === 0) {
            throw new DomainException('bottom with ' . count($carried));
        }
        return deep($n - 1, [...$carried, $text]) + count($holder->data);
    } finally {
        $carried = null;
    }
}

$messages = [];
for ($i = 0; $i < 60; $i++) {
    try {
        deep($i % 25, []);
    } catch (DomainException $e) {
        $messages[] = $e->getMessage() . ' ' . count($e->getTrace());
        if ($i % 7 === 0) {
            $kept[] = new RuntimeException("wrapped $i", $i, $e);
        }
    }
}
echo md5(implode($messages)), ' ', count($kept), ' ', memory_get_usage(), "\n";
for ($i = 0; $i < 200; $i++) {
    try {
        $i % 2 ? intdiv($i, 0) : $undefined["key$i"];
    } catch (DivisionByZeroError|ErrorException $e) {
        $names[get_class($e)] = ($names[get_class($e)] ?? 0) + 1;
    }
    try {
        (static fn (int $x): int => $x)("not a number $i");
    } catch (TypeError $e) {
        $names['TypeError'] = ($names['TypeError'] ?? 0) + 1;
    }
}
echo json_encode($names), ' ', memory_get_usage(), "\n";
$kept = null;
function leave(int $n): void
{
    $local = new Holder(20);
    if ($n === 0) {
        echo 'leaving ', memory_get_usage(), ' ', memory_get_peak_usage(), "\n";
        exit(3);
    }
    leave($n - 1);
}
leave(30);
