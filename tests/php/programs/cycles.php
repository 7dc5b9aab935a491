<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Reference cycles: runs of the cycle collector, on its own and asked for, destructors and resurrection.
// min-events: 30000
final class Node
{
    public ?Node $parent = null;
    public array $children = [];
    public static int $destroyed = 0;
    public static array $saved = [];

    public function __construct(public string $name)
    {
    }

    public function add(Node $child): void
    {
        $this->children[] = $child;
        $child->parent = $this;
    }
}

final class Loud
{
    public ?Loud $self = null;
    public string $data = '';

    public function __destruct()
    {
        Node::$destroyed++;
        if (Node::$destroyed % 10 === 0) {
            Node::$saved[] = $this; // back from the dead
        }
    }
}

for ($tree = 0; $tree < 900; $tree++) {
    $root = new Node("root $tree");
    for ($i = 0; $i < 20; $i++) {
        $root->add($child = new Node("child $i"));
        $child->add(new Node("leaf $i"));
    }
    if ($tree % 300 === 0) {
        $status = gc_status();
        echo $tree, ' ', $status['runs'], ' ', $status['collected'], ' ', $status['threshold'], ' ', $status['roots'], ' ',
            memory_get_usage(), "\n";
    }
}
unset($root, $child);
echo 'asked ', gc_collect_cycles(), ' ', memory_get_usage(), "\n";
for ($i = 0; $i < 1000; $i++) {
    $loud = new Loud();
    $loud->self = $loud;
    $loud->data = str_repeat('l', $i % 100);
}
unset($loud);
echo 'loud ', gc_collect_cycles(), ' destroyed ', Node::$destroyed, ' saved ', count(Node::$saved), ' ', memory_get_usage(), "\n";
Node::$saved = [];
echo 'again ', gc_collect_cycles(), "\n";
gc_disable();
$array = [];
for ($i = 0; $i < 12000; $i++) {
    $a = ['n' => $i];
    $a['self'] = &$a;
    unset($a);
}
echo 'disabled ', gc_status()['roots'], ' ', memory_get_usage(), "\n";
gc_enable();
echo 'enabled ', gc_collect_cycles(), ' ', gc_status()['runs'], ' ', memory_get_usage(), "\n";
echo 'end ', memory_get_peak_usage(), ' ', memory_get_usage(true), "\n";
