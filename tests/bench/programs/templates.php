<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Pages from templates with output buffers: strings that grow and are thrown away.
function page(array $items, int $n): string
{
    ob_start();
    echo "<html><head><title>Page $n</title></head><body><ul>\n";
    foreach ($items as $i => $item) {
        printf("<li id=\"i%d\">%s <b>%s</b> %s</li>\n", $i, htmlspecialchars($item['name']), number_format($item['price'], 2), str_pad((string) ($i * $n), 12, '.', STR_PAD_LEFT));
    }
    echo '</ul></body></html>';
    return ob_get_clean();
}

$items = [];
for ($i = 0; $i < 180; $i++) {
    $items[] = ['name' => "Item <$i> & more", 'price' => $i * 3.7];
}
$length = 0;
for ($n = 0; $n < 7000; $n++) {
    $html = page($items, $n);
    $length += strlen(strtr($html, ['<b>' => '<strong>', '</b>' => '</strong>'])) + crc32($html) % 7;
}
echo $length, "\n";
