<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Streams, output buffers and packing: buffers that double, filters, compressed data.
// min-events: 8000
ob_start();
for ($i = 0; $i < 3000; $i++) {
    echo "buffered line $i\n";
}
$buffered = ob_get_clean();
echo strlen($buffered), ' ', md5($buffered), ' ', memory_get_usage(), "\n";
ob_start(static fn (string $chunk): string => strtoupper($chunk), 512);
for ($i = 0; $i < 200; $i++) {
    echo 'chunk ', $i, $i % 20 === 19 ? "\n" : ' ';
}
ob_end_flush();
$stream = fopen('php://memory', 'w+');
stream_filter_append($stream, 'string.rot13', STREAM_FILTER_WRITE);
foreach (str_split($buffered, 97) as $piece) {
    fwrite($stream, $piece);
}
rewind($stream);
$lines = 0;
while (($line = fgets($stream)) !== false) {
    $lines += strlen($line) > 15 ? 1 : 0;
}
fclose($stream);
echo 'lines ', $lines, ' ', memory_get_usage(), "\n";
$temp = fopen('php://temp/maxmemory:65536', 'w+');
for ($i = 0; $i < 1500; $i++) {
    fputcsv($temp, [$i, "name $i", $i / 4, str_repeat('c', $i % 60)]);
}
rewind($temp);
$sum = 0;
while (($row = fgetcsv($temp)) !== false) {
    $sum += (int) $row[0] + strlen($row[3]);
}
fclose($temp);
echo 'csv ', $sum, ' ', memory_get_usage(), "\n";
$packed = '';
for ($i = 0; $i < 1500; $i++) {
    $packed .= pack('NnCa8', $i, $i % 65536, $i % 256, "n$i");
}
$check = 0;
for ($i = 0; $i < 1500; $i++) {
    $u = unpack('Nid/nshort/Cbyte/a8name', $packed, $i * 15);
    $check += $u['id'] + $u['byte'] + strlen(rtrim($u['name'], "\0"));
}
echo 'packed ', $check, ' ', memory_get_usage(), "\n";
$zipped = gzdeflate($buffered, 6);
echo 'zipped ', gzinflate($zipped) === $buffered ? 'back' : 'lost', ' ', memory_get_usage(), "\n";
vprintf("%05d %'*20s %-10s| %08.3f\n", [42, 'padded', 'left', 3.14159]);
echo 'end ', memory_get_peak_usage(), ' ', memory_get_usage(true), "\n";
