// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/callstack.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heapatlas {

struct FunctionRow
{
    std::uint32_t name = 0; ///< string ids, 0 none
    std::uint32_t scope = 0;
    std::uint32_t file = 0;
    std::uint32_t firstLine = 0;
};

/// A node of the tree of call stacks: a frame under its caller's.
struct StackNode
{
    std::uint32_t caller = 0; ///< smaller than the node's own id; 0: the outermost frame
    std::uint32_t function = 0;
    std::uint32_t line = 0;
};

/// Strings, functions and stack nodes by id, dense from 1 but where a section was lost.
class Definitions
{
public:
    /// Adds a definitions section; false if it contradicts itself (what was whole of it is not added either).
    /// More than `maxStrings` strings are not believed.
    bool add(std::span<const std::uint8_t> section, std::uint64_t maxStrings);

    [[nodiscard]] std::string string(std::uint32_t id) const; ///< empty if unknown
    [[nodiscard]] FunctionRow function(std::uint32_t id) const; ///< all 0 if unknown
    [[nodiscard]] StackNode stack(std::uint32_t id) const; ///< all 0 if unknown
    [[nodiscard]] std::uint32_t stringLimit() const { return m_strings.limit(); } ///< above every known id
    [[nodiscard]] std::uint32_t functionLimit() const { return m_functions.limit(); }
    [[nodiscard]] std::uint32_t stackLimit() const { return m_stacks.limit(); }

    [[nodiscard]] Frame frame(const StackNode& node) const;
    [[nodiscard]] CallStack callStack(std::uint32_t stack) const;
    [[nodiscard]] Frame innermost(std::uint32_t stack) const
    {
        return stack == 0 ? Frame {} : frame(this->stack(stack));
    }
    [[nodiscard]] Frame site(std::uint32_t stack) const; ///< see TraceReader::site()

private:
    // Ids come from the file, so rows stand in pieces with their base: a claimed id costs no memory.
    template <class Row>
    class Table
    {
    public:
        [[nodiscard]] const Row* find(std::uint32_t id) const;
        [[nodiscard]] std::uint32_t limit() const
        {
            return m_pieces.empty()
                ? 1
                : m_pieces.back().first + static_cast<std::uint32_t>(m_pieces.back().rows.size());
        }
        void append(std::uint32_t first, std::vector<Row> rows);

    private:
        struct Piece
        {
            std::uint32_t first;
            std::vector<Row> rows;
        };
        std::vector<Piece> m_pieces; ///< ascending, apart
    };
    Table<std::string> m_strings;
    Table<FunctionRow> m_functions;
    Table<StackNode> m_stacks;
};

} // namespace heapatlas
