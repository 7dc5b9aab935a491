// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/trace/tracemodel.h"

#include <fstream>
#include <iterator>

/// make_trace_corpus FOLDER: writes the seeds for fuzz_tracereader.
int main(int argc, char** argv)
{
    using heapatlas::test::RandomTrace;
    if (argc != 2)
        return 2;
    const RandomTrace::Shape shapes[] = {
        { .events = 60 },
        { .events = 200, .restartInterval = 50, .flushEvery = 20 },
        { .events = 100, .flushEvery = 10, .hasStacks = false, .isFinished = false },
        { .events = 80, .flushEvery = 10, .isWild = true },
        { .events = 0 },
    };
    unsigned number = 0;
    for (const RandomTrace::Shape& shape : shapes) {
        const std::string path = std::string(argv[1]) + "/seed-" + std::to_string(number++);
        if (!RandomTrace(path, number, shape).isWritten && shape.isFinished)
            return 1;
        std::ifstream in(path, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        in.close();
        for (const char columns : { 0, 1, 2, 10, 11 }) // as fuzz_tracereader reads it
            std::ofstream(path + "-" + std::to_string(columns), std::ios::binary) << columns << bytes;
    }
    return 0;
}
