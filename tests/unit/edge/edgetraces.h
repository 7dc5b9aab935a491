// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heapatlas::testing {

/// A trace that is whole and true, but of a program at the edge of what there is.
struct EdgeTrace
{
    const char* name;
    void (*write)(const std::string& path);
};

/// All of them.
[[nodiscard]] const std::vector<EdgeTrace>& edgeTraces();

inline constexpr std::uint64_t manyCheckpoints = 1'000'000;

void writeManyCheckpoints(const std::string& path); ///< each with a name of its own
void writeTerabyteBlock(const std::string& path); ///< one block of 2^40 bytes among small ones
void writeTopOfUserSpace(const std::string& path); ///< the chunk that ends at 2^47
void writeTopAddresses(const std::string& path); ///< the chunk that ends where addresses do
void writeTopAddressesWithoutState(const std::string& path); ///< blocks there of which nothing else is known
void writeNoEvents(const std::string& path); ///< with the state of a heap
void writeNothing(const std::string& path); ///< a head and an end
void writeNoStacks(const std::string& path); ///< as recorded with --stacks=none
void writeNoFinalState(const std::string& path); ///< its program was killed
void writeUnknownAllocator(const std::string& path);

} // namespace heapatlas::testing
