// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "trace/tracewriter.h"
#include "workload/random.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace heapatlas {

/// Functions of a made-up PHP program and the call stacks that end in them, written into the trace as they are made.
class CallSites
{
public:
    CallSites(TraceWriter& writer, std::uint64_t seed);

    /// {main} of the script: all other stacks stand on it.
    [[nodiscard]] std::uint32_t root() const { return m_root; }
    /// A named place: `line` of the method, called by the innermost frame of `caller`.
    std::uint32_t add(
        std::uint32_t caller, const std::string& scope, const std::string& name, std::uint32_t line);
    /// A made-up place some frames above `caller`.
    std::uint32_t addAny(std::uint32_t caller);
    /// Call stacks so far.
    [[nodiscard]] std::uint32_t count() const { return m_count; }

private:
    std::uint32_t stringOf(const std::string& text);
    std::uint32_t functionOf(const std::string& scope, const std::string& name);

    TraceWriter& m_writer;
    Random m_random;
    std::map<std::string, std::uint32_t> m_strings;
    std::map<std::pair<std::string, std::string>, std::uint32_t> m_functions;
    std::uint32_t m_root = 0;
    std::uint32_t m_count = 0;
};

} // namespace heapatlas
