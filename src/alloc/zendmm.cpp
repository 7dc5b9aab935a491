// SPDX-License-Identifier: GPL-3.0-or-later
#include "alloc/zendmm.h"

#include "alloc/engines.h"
#include "alloc/pmradapter.h"
#include "alloc/zendmmimpl.h"

#include <charconv>

namespace heapatlas {

template class ZendMm<ProcessMemory>; // the real allocator
template class ZendMm<SimulatedMemory>; // the drawn one

ZendMmOptions ZendMmOptions::forPhp(std::string_view version, ZendMmState::Variant variant)
{
    unsigned major = 0;
    unsigned minor = 0;
    const char* const end = version.data() + version.size();
    const auto [dot, error] = std::from_chars(version.data(), end, major);
    if (error != std::errc() || dot == end || std::from_chars(dot + 1, end, minor).ec != std::errc()) {
        major = 8;
        minor = 2;
    }
    ZendMmOptions options;
    options.variant = variant;
    options.isLayoutKnown = major == 8 && minor == 2;
    const bool isHardened = major > 8 || (major == 8 && minor >= 4);
    if (isHardened)
        options.minimumSize = 16;
    options.storesLimitAfterTrim = isHardened || variant == ZendMmState::Variant::DelayedOom;
    return options;
}

EngineDescriptor zendmmEngine();

EngineDescriptor zendmmEngine()
{
    return { "zendmm", "ZendMM (PHP)", "php-src, Zend/zend_alloc.c, 8.2",
        { 8, ZendMm<SimulatedMemory>::maxAlignment, 8 },
        &createEngine<ZendMm<SimulatedMemory>, ZendMm<ProcessMemory>>,
        []() -> std::unique_ptr<std::pmr::memory_resource> {
            return std::make_unique<PmrAdapter<ZendMm<ProcessMemory>>>();
        } };
}

} // namespace heapatlas
