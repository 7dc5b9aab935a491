<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// A small expression language: tokens, a parser with closures, evaluation.
final class Parser
{
    private array $tokens = [];
    private int $at = 0;

    public function parse(string $text): Closure
    {
        preg_match_all('/\d+|[a-z]+|[-+*\/()]/', $text, $m);
        $this->tokens = $m[0];
        $this->at = 0;
        return $this->sum();
    }

    private function sum(): Closure
    {
        $left = $this->product();
        while (in_array($this->tokens[$this->at] ?? '', ['+', '-'], true)) {
            $op = $this->tokens[$this->at++];
            $right = $this->product();
            $l = $left;
            $left = $op === '+' ? static fn (array $v): float => $l($v) + $right($v) : static fn (array $v): float => $l($v) - $right($v);
        }
        return $left;
    }

    private function product(): Closure
    {
        $left = $this->atom();
        while (($this->tokens[$this->at] ?? '') === '*') {
            $this->at++;
            $right = $this->atom();
            $l = $left;
            $left = static fn (array $v): float => $l($v) * $right($v);
        }
        return $left;
    }

    private function atom(): Closure
    {
        $token = $this->tokens[$this->at++];
        if ($token === '(') {
            $inner = $this->sum();
            $this->at++;
            return $inner;
        }
        return ctype_digit($token) ? static fn (array $v): float => (float) $token : static fn (array $v): float => $v[$token];
    }
}

$parser = new Parser();
$sum = 0.0;
for ($i = 0; $i < 100_000; $i++) {
    $f = $parser->parse("(a + $i) * b - (c * 3 + a * (b + " . $i % 17 . ')) + 2 * (a - c)');
    for ($x = 0; $x < 6; $x++) {
        $sum += $f(['a' => $x, 'b' => $i % 5, 'c' => 2]);
    }
}
printf("%.1f\n", $sum);
