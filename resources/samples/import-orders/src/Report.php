<?php
// SPDX-License-Identifier: GPL-3.0-or-later

declare(strict_types=1);

final class Report
{
    private int $lines = 0;
    /** @var list<string> */
    private array $rejected = [];
    /** @var list<string> */
    private array $remarks = [];
    private string $digest = '';

    public function __construct(private readonly string $name)
    {
    }

    public function line(string $text): void
    {
        $this->lines++;
        $this->digest = md5($this->digest . $text);
    }

    public function reject(int $row, string $reason): void
    {
        $this->rejected[] = "row $row: $reason";
    }

    public function remark(string $text): void
    {
        $this->remarks[] = $text;
    }

    public function export(string $json): void
    {
        $this->digest = md5($this->digest . $json);
    }

    public function include(self $other): void
    {
        $this->lines += $other->lines;
        array_push($this->rejected, ...$other->rejected);
        $this->remarks = array_slice([...$this->remarks, ...$other->remarks], -200);
        $this->digest = md5($this->digest . $other->digest);
    }

    public function text(): string
    {
        return sprintf("%s: %d lines, %d rejected, %d remarks, %s\n", $this->name, $this->lines, count($this->rejected), count($this->remarks), $this->digest);
    }
}
