<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// min-events: 2000
//
// Values that everybody can recognise again, and secrets in every place where PHP keeps values: what a recording of the
// contents shows, and what a redacted copy must not. The secrets are made at run time, so that no literal has them.

#[AllowDynamicProperties]
class Account
{
    public int $number;
    public float $balance = 1234.5;
    public string $name;
    private array $tags = [];
    public ?Account $next = null;

    public function __construct(int $number, string $name)
    {
        $this->number = $number;
        $this->name = $name;
        $this->tags = ["tag-of-$number", $number, $number / 4];
    }
}

function secret(int $i): string
{
    return strrev("~9Qz7Vx#" . $i . "&kW3@Jm!");
}

function secretInt(int $i): int
{
    return 0x517EA3C5D9000000 + $i;
}

$accounts = [];
for ($i = 0; $i < 500; ++$i)
    $accounts["account-$i"] = new Account(700000000000 + $i, "account holder $i");
for ($i = 1; $i < 500; ++$i)
    $accounts["account-$i"]->next = $accounts["account-" . ($i - 1)];
$ints = range(900000000000, 900000000999);
$floats = [];
for ($i = 0; $i < 100; ++$i)
    $floats["float-$i"] = $i + 0.0625;
$nested = ["level one" => ["level two" => ["level three" => ["the bottom", 42, 2.5, true, null, [1, [2, [3]]]]]]];
$closure = function () use ($nested) { return $nested; };
$shared = "shared by reference";
$reference = &$shared;

$kept = $keys = $scalars = $intKeys = $reals = [];
for ($i = 0; $i < 200; ++$i) {
    $kept[] = secret($i) . str_repeat("-", $i);
    $keys[secret($i)] = $i;
    $scalars[] = secretInt($i);
    $intKeys[secretInt($i)] = $i;
    $reals["real $i"] = unpack("d", secret(1))[1];
}
$object = new Account(secretInt(1), secret(777));
$object->undeclared = secret(778);
$large = str_repeat(secret(1), 1000); // a large run
$huge = str_repeat(secret(2), 300000); // a huge block
$hugeInts = array_fill(0, 200000, secretInt(3)); // a packed table in a huge block
$hugeKeys = [];
for ($i = 0; $i < 60000; ++$i)
    $hugeKeys["$i-" . secret(4)] = secretInt($i); // a table of buckets in a huge block
$freed = [];
for ($i = 0; $i < 300; ++$i)
    $freed[] = secret($i) . str_repeat("+", $i * 7);
unset($freed); // free slots and free pages keep what was in them
$freedTable = [];
for ($i = 0; $i < 100; ++$i)
    $freedTable[secret($i)] = secretInt($i);
unset($freedTable);
$stream = fopen("php://memory", "w+");
fwrite($stream, str_repeat(secret(5), 50));
$copy = new ArrayObject([secret(6) => secret(7)]);
$date = new DateTime("2001-02-03");

function_exists("heapatlas_checkpoint") && heapatlas_checkpoint("all of it");
$kept = null;
function_exists("heapatlas_checkpoint") && heapatlas_checkpoint("some of it");
echo memory_get_usage() > 0 ? "done\n" : "";
