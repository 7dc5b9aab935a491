// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/decodetrace.h"

#include <cstdio>

/// decode_once TRACE: decodes it once to columns, live set and usage curve; prints the number of events. For
/// decode.sh, which measures the whole process against heaptrack_print.
int main(int argc, char** argv)
{
    const auto trace = argc == 2 ? heapatlas::bench::decodeTrace(argv[1], {}) : std::nullopt;
    if (!trace)
        return 1;
    std::printf("%llu\n", static_cast<unsigned long long>(trace->events));
    return 0;
}
