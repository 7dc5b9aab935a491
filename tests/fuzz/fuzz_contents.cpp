// SPDX-License-Identifier: GPL-3.0-or-later
//
// libFuzzer target for the recorded contents of a .hat file.
#include "fuzz/repair.h"

#include "trace/contents.h"

#include <cstdlib>
#include <string>

using namespace heapatlas;

namespace {

void readThrough(const std::string& path)
{
    auto opened = ContentsStore::open(path);
    if (!opened)
        return;
    ContentsStore& store = **opened;
    store.setCacheBytes(Bytes { 1 } << 16);
    std::uint64_t before = 0;
    for (std::size_t m = 0; m < store.moments().size(); ++m) {
        const ContentsMoment& moment = store.moments()[m];
        if (moment.event < before || store.momentAt(moment.event) < m)
            std::abort();
        before = moment.event;
        Address end;
        int asked = 0;
        for (const AddressRange& range : store.ranges(m)) {
            if (range.isEmpty() || range.begin < end)
                std::abort(); // ascending, none twice
            end = range.end;
            for (Address page = range.begin; page < range.end && ++asked < 64;
                 page = page + contentsPageBytes) {
                const auto bytes = store.page(m, page);
                if (!bytes.empty() && bytes.size() != contentsPageBytes)
                    std::abort();
            }
        }
        (void)store.page(m, { 0x1234567000 });
    }
    if (!store.check() && store.damage().empty())
        std::abort(); // it has to say what is not whole
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string path = fuzz::fileOf(data, size);
    if (path.empty())
        return 0;
    readThrough(path);
    return 0;
}
