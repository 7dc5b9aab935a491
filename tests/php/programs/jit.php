<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// The tracing JIT: machine code calls the allocator, frames have no current opline.
// min-events: 50000
// ini: opcache.enable=1
// ini: opcache.enable_cli=1
// ini: opcache.file_update_protection=0
// ini: opcache.jit=tracing
// ini: opcache.jit_buffer_size=32M
// ini: opcache.jit_hot_loop=16
// ini: opcache.jit_hot_func=16
// extension: opcache
// output: jit on, code made
$free = opcache_get_status(false)['jit']['buffer_free'];

final class Vec
{
    public function __construct(public float $x, public float $y)
    {
    }

    public function plus(Vec $o): Vec
    {
        return new Vec($this->x + $o->x, $this->y + $o->y);
    }
}

function mandel(int $w): string
{
    $out = '';
    for ($y = 0; $y < $w; $y++) {
        $line = '';
        for ($x = 0; $x < $w; $x++) {
            $cr = 2.0 * $x / $w - 1.5;
            $ci = 2.0 * $y / $w - 1.0;
            $zr = $zi = 0.0;
            for ($i = 0; $i < 30 && $zr * $zr + $zi * $zi < 4.0; $i++) {
                [$zr, $zi] = [$zr * $zr - $zi * $zi + $cr, 2.0 * $zr * $zi + $ci];
            }
            $line .= $i === 30 ? '#' : '.';
        }
        $out .= $line . "\n";
    }
    return $out;
}

echo md5(mandel(60)), ' ', memory_get_usage(), "\n";
$sum = new Vec(0, 0);
for ($i = 0; $i < 20000; $i++) {
    $sum = $sum->plus(new Vec($i, -$i));
}
echo $sum->x, ' ', $sum->y, ' ', memory_get_usage(), "\n";
$words = [];
for ($i = 0; $i < 15000; $i++) {
    $key = 'k' . ($i % 997);
    $words[$key] = ($words[$key] ?? '') . chr(97 + $i % 26);
}
ksort($words);
echo md5(implode(',', $words)), ' ', memory_get_usage(), "\n";
function walk(int $n): Generator
{
    for ($i = 0; $i < $n; $i++) {
        yield [$i, "v$i"];
    }
}
$length = 0;
foreach (walk(5000) as [$i, $v]) {
    $length += strlen($v) + $i % 3;
}
echo $length, ' ', memory_get_usage(), "\n";
$jit = opcache_get_status(false)['jit'];
$made = $free - $jit['buffer_free'] > 4000; // bytes of machine code since the start
echo 'jit ', $jit['on'] ? 'on' : 'off', ', ', $made ? 'code made' : 'no code', "\n";
unset($jit);
echo 'end ', memory_get_usage(), ' ', memory_get_peak_usage(), "\n";
