// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/trace/tracemodel.h"

#include "trace/hatformat.h"
#include "trace/tracewriter.h"

#include <fstream>
#include <iterator>

namespace {

/// Two moments of a few pages, most of them alike.
bool writeContents(const std::string& path)
{
    heapatlas::TraceWriter::Options options;
    options.classes = { { 16, 256 } };
    options.hasContents = true;
    auto writer = heapatlas::TraceWriter::create(path, options);
    if (!writer)
        return false;
    hat_writer* const w = writer->raw();
    constexpr std::uint64_t base = 0x7f1200000000;
    std::vector<std::uint8_t> page(HAT_PAGE_BYTES);
    for (const int kind : { HAT_CONTENTS_CHECKPOINT, HAT_CONTENTS_END }) {
        (void)hat_alloc(w, 16, base + HAT_PAGE_BYTES);
        hat_contents_begin(w, kind, "moment", 6);
        for (std::uint64_t i = 0; i < 6; ++i) {
            std::fill(page.begin(), page.end(), static_cast<std::uint8_t>(i / 2));
            page[i] = static_cast<std::uint8_t>(kind + 1);
            hat_contents_page(w, base + 2 * i * HAT_PAGE_BYTES, page.data());
        }
        hat_contents_end(w);
    }
    return writer->finish().isOk();
}

std::string bytesOf(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>() };
}

} // namespace

/// make_trace_corpus FOLDER: writes the seeds for fuzz_tracereader and fuzz_contents.
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
    const std::string contents = std::string(argv[1]) + "/contents";
    if (!writeContents(contents))
        return 1;
    const std::string moments = bytesOf(contents);
    std::ofstream(contents, std::ios::binary) << '\0' << moments;
    unsigned number = 0;
    for (const RandomTrace::Shape& shape : shapes) {
        const std::string path = std::string(argv[1]) + "/seed-" + std::to_string(number++);
        if (!RandomTrace(path, number, shape).isWritten && shape.isFinished)
            return 1;
        const std::string bytes = bytesOf(path);
        for (const char columns : { '\0', '\1', '\2', '\12', '\13' }) // as fuzz_tracereader reads it
            std::ofstream(path + "-" + std::to_string(int { columns }), std::ios::binary) << columns << bytes;
    }
    return 0;
}
