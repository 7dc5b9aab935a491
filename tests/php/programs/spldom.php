<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// SPL structures, and DOM, whose nodes live outside ZendMM while their PHP objects live inside.
// min-events: 15000
// extension: dom
$heap = new SplMinHeap();
$queue = new SplPriorityQueue();
$list = new SplDoublyLinkedList();
$fixed = new SplFixedArray(500);
$storage = new SplObjectStorage();
mt_srand(21);
for ($i = 0; $i < 1500; $i++) {
    $heap->insert([mt_rand(0, 1000), "h$i"]);
    $queue->insert(['job' => $i], mt_rand(0, 50));
    $list->push("entry $i");
    $fixed[$i % 500] = [$i, $fixed[$i % 500][0] ?? null];
    $object = new stdClass();
    $object->id = $i;
    $storage[$object] = "data $i";
    if ($i % 3 === 0) {
        $heap->extract();
        $list->shift();
    }
}
echo 'filled ', memory_get_usage(), "\n";
$order = '';
while (!$queue->isEmpty()) {
    $order .= $queue->extract()['job'] . ' ';
}
echo 'queue ', md5($order), ' ', count($heap), ' ', count($list), ' ', count($storage), ' ', memory_get_usage(), "\n";
$fixed->setSize(2000);
$fixed->setSize(10);
unset($heap, $queue, $list, $storage, $object);
$iterator = new LimitIterator(new CallbackFilterIterator(new ArrayIterator(range(1, 4000)),
    static fn (int $n): bool => $n % 7 === 0), 20, 300);
echo 'iterated ', array_sum(iterator_to_array($iterator, false)), ' ', memory_get_usage(), "\n";
$map = new WeakMap();
$kept = [];
for ($i = 0; $i < 400; $i++) {
    $key = new ArrayObject([$i]);
    $map[$key] = "weak $i";
    if ($i % 2) {
        $kept[] = $key;
    }
}
unset($key);
echo 'weak map ', count($map), ' ', memory_get_usage(), "\n";

$document = new DOMDocument('1.0', 'UTF-8');
$orders = $document->appendChild($document->createElement('orders'));
for ($i = 0; $i < 400; $i++) {
    $order = $orders->appendChild($document->createElement('order'));
    $order->setAttribute('id', (string) $i);
    $order->appendChild($document->createElement('item', "item of $i"));
    $order->appendChild($document->createComment("comment $i"));
}
$xml = $document->saveXML();
echo 'xml ', strlen($xml), ' ', memory_get_usage(), "\n";
$parsed = new DOMDocument();
$parsed->loadXML($xml);
$path = new DOMXPath($parsed);
$sum = 0;
foreach ($path->query('//order[@id mod 5 = 0]/item') as $item) {
    $sum += strlen($item->textContent) + (int) $item->parentNode->getAttribute('id');
}
echo 'found ', $sum, ' ', memory_get_usage(), "\n";
$document = $parsed = $path = $orders = $order = $item = $xml = $map = $kept = $fixed = $iterator = null;
echo 'end ', memory_get_usage(), ' peak ', memory_get_peak_usage(), "\n";
