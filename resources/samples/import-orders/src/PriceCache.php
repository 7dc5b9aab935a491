<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

/** Formatted prices, the ones used last: it grows to its bound and stays there. */
final class PriceCache
{
    /** @var array<string, string> */
    private array $texts = [];

    public function __construct(private readonly int $bound)
    {
    }

    public function text(string $product, int $cents): string
    {
        $key = $product . '@' . $cents;
        $text = $this->texts[$key] ?? sprintf('%s EUR (%s incl. tax)', number_format($cents / 100, 2), number_format($cents * 1.19 / 100, 2));
        unset($this->texts[$key]);
        $this->texts[$key] = $text; // to the end: used last
        if (count($this->texts) > $this->bound) {
            unset($this->texts[array_key_first($this->texts)]);
        }
        return $text;
    }
}
