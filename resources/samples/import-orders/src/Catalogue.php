<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

/** All products: an index by number and one long text to search in. */
final class Catalogue
{
    private const SENTENCES = [
        'Ships flat.', 'Made of certified wood.', 'Two years of warranty on all moving parts.', 'Not for outdoor use.',
        'Comes with screws, a key, and a manual in eleven languages.', 'Wipe with a damp cloth.',
        'The finish may differ from the picture, because every piece is dyed by hand in small lots.',
    ];

    /** @var array<string, Product> */
    private array $products = [];
    private string $searchText = '';

    public static function load(int $count): self
    {
        $catalogue = new self();
        $lines = [];
        for ($i = 0; $i < $count; $i++) {
            $number = sprintf('P-%05d', $i);
            $product = new Product(
                self::name($i),
                self::description($i),
                199 + $i * 7919 % 25000,
                array_slice(['new', 'sale', 'heavy', 'fragile', 'cold'], $i % 4, $i % 3 + 1),
            );
            $catalogue->products[$number] = $product;
            if ($i % 10 === 0) {
                $lines[] = "$number|$product->name|" . str_repeat($product->description . ' ', 4);
            }
        }
        // One text of more than 2 MB: a huge block.
        $catalogue->searchText = str_pad(implode("\n", $lines), 2_350_000, "\n(no further products)");
        return $catalogue;
    }

    private static function name(int $i): string
    {
        $adjectives = ['Green', 'Large', 'Folding', 'Silent', 'Plain', 'Double', 'Oak', 'Weatherproof'];
        $nouns = ['table', 'lamp', 'kettle', 'shelf for books and records', 'blanket', 'clock', 'picture frame'];
        return $adjectives[$i % 8] . ' ' . $nouns[$i % 7] . ' ' . dechex($i);
    }

    private static function description(int $i): string
    {
        $text = '';
        for ($n = mt_rand(1, mt_rand(1, 14)); $n > 0; $n--) {
            $text .= self::SENTENCES[mt_rand(0, 6)] . ' ';
        }
        return rtrim($text);
    }

    public function find(string $number): ?Product
    {
        return $this->products[$number] ?? null;
    }

    public function mentions(string $word): bool
    {
        return str_contains($this->searchText, $word);
    }
}
