// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/console.h"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace heapatlas::cli {

inline std::string escapedHtml(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

/// A table, closed at the end of its life; cells are escaped.
class HtmlTable
{
public:
    /// Columns firstNumber … lastNumber are numbers.
    HtmlTable(Output& out, std::initializer_list<const char*> names, std::size_t firstNumber,
        std::size_t lastNumber)
        : m_out(out)
        , m_firstNumber(firstNumber)
        , m_lastNumber(lastNumber)
    {
        m_out << "<table><thead><tr>";
        for (const char* name : names)
            cell("th", name);
        m_out << "</tr></thead><tbody>\n";
    }
    ~HtmlTable() { m_out << "</tbody></table>\n"; }
    HtmlTable(const HtmlTable&) = delete;
    HtmlTable& operator=(const HtmlTable&) = delete;

    void row(std::initializer_list<std::string> cells)
    {
        m_column = 0;
        m_out << "<tr>";
        for (const std::string& text : cells)
            cell("td", text);
        m_out << "</tr>\n";
    }

private:
    void cell(const char* tag, const std::string& text)
    {
        const bool isNumber = m_column >= m_firstNumber && m_column <= m_lastNumber;
        m_out << "<" << tag << (isNumber ? " class=\"n\">" : ">") << escapedHtml(text) << "</" << tag << ">";
        ++m_column;
    }

    Output& m_out;
    std::size_t m_firstNumber;
    std::size_t m_lastNumber;
    std::size_t m_column = 0;
};

} // namespace heapatlas::cli
