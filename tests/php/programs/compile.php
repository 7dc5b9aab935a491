<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// Compilation at run time: eval, classes and functions made by it, tokens, include of this very file's parts.
// min-events: 10000
$sum = 0;
for ($i = 0; $i < 250; $i++) {
    $sum += eval("
        final class Made$i {
            public const N = $i;
            /** doc comment $i */
            public function __construct(private array \$a = [self::N, 'two' => 2]) {}
            public function sum(): int { return array_sum(array_map(fn(\$x) => \$x * 2, \$this->a)); }
        }
        function made$i(int \$x): int { static \$calls = 0; return ++\$calls + \$x; }
        return (new Made$i())->sum() + made$i(3);
    ");
}
echo 'made ', $sum, ' ', memory_get_usage(), "\n";
$bad = 0;
for ($i = 0; $i < 40; $i++) {
    try {
        eval("function broken$i( { return '" . str_repeat('x', $i * 20) . "'; }");
    } catch (ParseError $e) {
        $bad += strlen($e->getMessage());
    }
}
echo 'broken ', $bad, ' ', memory_get_usage(), "\n";
$file = tempnam(sys_get_temp_dir(), 'ha');
for ($i = 0; $i < 30; $i++) {
    file_put_contents($file, '<?php return ' . var_export(array_fill_keys(range(0, $i * 5), "value $i"), true) . ';');
    $loaded = include $file;
    $sum += count($loaded);
}
unlink($file);
unset($file, $loaded, $e); // its name has the same length every time, so that nothing else moves
echo 'included ', $sum, ' ', memory_get_usage(), "\n";
$reflection = 0;
foreach (get_declared_classes() as $class) {
    if (str_starts_with($class, 'Made')) {
        $r = new ReflectionClass($class);
        $reflection += count($r->getMethods()) + strlen((string) $r->getDocComment()) + $r->getConstant('N');
    }
}
unset($r);
echo 'reflected ', $reflection, ' ', memory_get_usage(), ' ', memory_get_peak_usage(), "\n";
