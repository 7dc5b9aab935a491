<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

/** All products: an index by number and one long text to search in. */
final class Catalogue
{
    /** @var array<string, array{name: string, cents: int, tags: list<string>}> */
    private array $products = [];
    private string $searchText = '';

    public static function load(int $count): self
    {
        $catalogue = new self();
        $lines = [];
        for ($i = 0; $i < $count; $i++) {
            $number = sprintf('P-%05d', $i);
            $name = self::name($i);
            $catalogue->products[$number] = [
                'name' => $name,
                'cents' => 199 + $i * 7919 % 25000,
                'tags' => array_slice(['new', 'sale', 'heavy', 'fragile', 'cold'], $i % 4, $i % 3 + 1),
            ];
            if ($i % 40 === 0) {
                $lines[] = "$number|$name|" . str_repeat("Description of $name. ", 34);
            }
        }
        // One text of more than 2 MB: a huge block.
        $catalogue->searchText = str_pad(implode("\n", $lines), 2_350_000, "\n(no further products)");
        return $catalogue;
    }

    private static function name(int $i): string
    {
        $adjectives = ['Green', 'Large', 'Folding', 'Silent', 'Plain', 'Double', 'Oak', 'Copper'];
        $nouns = ['table', 'lamp', 'kettle', 'shelf', 'blanket', 'clock', 'frame'];
        return $adjectives[$i % 8] . ' ' . $nouns[$i % 7] . ' ' . dechex($i);
    }

    public function find(string $number): ?array
    {
        return $this->products[$number] ?? null;
    }

    public function mentions(string $word): bool
    {
        return str_contains($this->searchText, $word);
    }
}
