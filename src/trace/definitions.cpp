// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/definitions.h"

#include "trace/bytecursor.h"
#include "trace/hatformat.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace heapatlas {

template <class Row>
const Row* Definitions::Table<Row>::find(std::uint32_t id) const
{
    const auto after = std::upper_bound(m_pieces.begin(), m_pieces.end(), id,
        [](std::uint32_t wanted, const Piece& p) { return wanted < p.first; });
    if (after == m_pieces.begin())
        return nullptr;
    const Piece& piece = *std::prev(after);
    return id - piece.first < piece.rows.size() ? &piece.rows[id - piece.first] : nullptr;
}

template <class Row>
void Definitions::Table<Row>::append(std::uint32_t first, std::vector<Row> rows)
{
    if (rows.empty())
        return;
    if (!m_pieces.empty() && first == limit()) // the usual case keeps one piece
        m_pieces.back().rows.insert(m_pieces.back().rows.end(), std::make_move_iterator(rows.begin()),
            std::make_move_iterator(rows.end()));
    else
        m_pieces.push_back({ first, std::move(rows) });
}

bool Definitions::add(std::span<const std::uint8_t> section, std::uint64_t maxStrings)
{
    constexpr std::uint64_t idLimit = std::uint64_t { 1 } << 31;
    ByteCursor in(section);
    std::uint32_t first[3] = {};
    std::uint32_t count[3] = {};
    for (int i = 0; i < 3; ++i) {
        first[i] = in.numberBelow(idLimit);
        count[i] = in.numberBelow(section.size() + 1); // a definition takes at least a byte
    }
    if (!in.isOk() || count[0] > maxStrings || first[0] < m_strings.limit() || first[1] < m_functions.limit()
        || first[2] < m_stacks.limit()
        || std::uint64_t { first[2] } + count[2] > std::uint64_t { HAT_MAX_STACKS } + 1)
        return false;
    std::vector<std::string> strings(count[0]);
    for (std::string& s : strings)
        s = in.text(in.numberBelow(HAT_MAX_STRING_BYTES + 1));
    std::vector<FunctionRow> functions(count[1]);
    for (FunctionRow& f : functions) {
        f.name = in.numberBelow(idLimit);
        f.scope = in.numberBelow(idLimit);
        f.file = in.numberBelow(idLimit);
        f.firstLine = in.numberBelow(std::uint64_t { 1 } << 32);
    }
    std::vector<StackNode> stacks(count[2]);
    for (std::uint32_t i = 0; i < count[2]; ++i) {
        const std::uint32_t id = first[2] + i;
        const std::uint32_t back = in.numberBelow(std::uint64_t { id } + 1);
        if (back == 0) // its own caller
            return false;
        stacks[i].caller = id - back;
    }
    for (StackNode& node : stacks)
        node.function = in.numberBelow(idLimit);
    for (StackNode& node : stacks)
        node.line = in.numberBelow(std::uint64_t { 1 } << 32);
    if (!in.isOk() || !in.isAtEnd())
        return false;
    m_strings.append(first[0], std::move(strings));
    m_functions.append(first[1], std::move(functions));
    m_stacks.append(first[2], std::move(stacks));
    return true;
}

std::string Definitions::string(std::uint32_t id) const
{
    const std::string* found = m_strings.find(id);
    return found != nullptr ? *found : std::string();
}

FunctionRow Definitions::function(std::uint32_t id) const
{
    const FunctionRow* found = m_functions.find(id);
    return found != nullptr ? *found : FunctionRow {};
}

StackNode Definitions::stack(std::uint32_t id) const
{
    const StackNode* found = m_stacks.find(id);
    return found != nullptr ? *found : StackNode {};
}

Frame Definitions::frame(const StackNode& node) const
{
    const FunctionRow f = function(node.function);
    return { string(f.name), string(f.scope), string(f.file), node.line };
}

CallStack Definitions::callStack(std::uint32_t stack) const
{
    CallStack frames;
    // Callers have smaller ids, so this ends.
    for (const StackNode* node = m_stacks.find(stack); node != nullptr; node = m_stacks.find(node->caller))
        frames.push_back(frame(*node));
    return frames;
}

Frame Definitions::site(std::uint32_t stack) const
{
    const StackNode* node = m_stacks.find(stack);
    if (node == nullptr)
        return {};
    Frame site = frame(*node);
    while (site.file.empty() && (node = m_stacks.find(node->caller)) != nullptr) {
        const Frame caller = frame(*node);
        site.file = caller.file;
        site.line = caller.line;
    }
    return site;
}

} // namespace heapatlas
