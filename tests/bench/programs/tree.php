<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// A search tree of objects, built, searched, rebuilt.
final class Node
{
    public ?Node $left = null;
    public ?Node $right = null;

    public function __construct(public int $key, public string $value)
    {
    }
}

function insert(?Node $root, int $key): Node
{
    $node = new Node($key, "value $key");
    if ($root === null) {
        return $node;
    }
    for ($at = $root;;) {
        if ($key < $at->key) {
            if ($at->left === null) {
                $at->left = $node;
                return $root;
            }
            $at = $at->left;
        } else {
            if ($at->right === null) {
                $at->right = $node;
                return $root;
            }
            $at = $at->right;
        }
    }
}

function walk(?Node $node): Generator
{
    if ($node !== null) {
        yield from walk($node->left);
        yield $node->key => $node->value;
        yield from walk($node->right);
    }
}

mt_srand(3);
$total = 0;
for ($round = 0; $round < 20; $round++) {
    $root = null;
    for ($i = 0; $i < 40_000; $i++) {
        $root = insert($root, mt_rand());
    }
    foreach (walk($root) as $key => $value) {
        $total += strlen($value);
    }
}
echo $total, "\n";
