// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/jsonwriter.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace heapatlas::cli {

namespace {

/// Length of the UTF-8 sequence that begins the text, 0 if it is none (overlong forms and surrogates are none).
std::size_t sequenceLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t count) {
        if (text.size() <= count)
            return false;
        for (std::size_t i = 1; i <= count; ++i) {
            if ((byte(i) & 0xC0U) != 0x80U)
                return false;
        }
        return true;
    };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool isFine =
            follows(2) && !(first == 0xE0 && byte(1) < 0xA0) && !(first == 0xED && byte(1) > 0x9F);
        return isFine ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool isFine =
            follows(3) && !(first == 0xF0 && byte(1) < 0x90) && !(first == 0xF4 && byte(1) > 0x8F);
        return isFine ? 4 : 0;
    }
    return 0;
}

} // namespace

void JsonWriter::separate()
{
    if (std::exchange(m_isAfterKey, false))
        return;
    if (m_hasItems.empty())
        return;
    if (m_hasItems.back())
        m_out << ",";
    // One item a line where there are many: lists of events stay readable for line tools.
    if (m_hasItems.size() == 1)
        m_out << "\n  ";
    m_hasItems.back() = true;
}

JsonWriter& JsonWriter::begin(char bracket)
{
    separate();
    m_out << std::string_view(&bracket, 1);
    m_hasItems.push_back(false);
    return *this;
}

JsonWriter& JsonWriter::end(char bracket)
{
    if (m_hasItems.size() == 1 && m_hasItems.back())
        m_out << "\n";
    m_hasItems.pop_back();
    m_out << std::string_view(&bracket, 1);
    if (m_hasItems.empty())
        m_out << "\n";
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text)
{
    separate();
    m_out << text;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name)
{
    value(name);
    m_out << ": ";
    m_isAfterKey = true;
    return *this;
}

JsonWriter& JsonWriter::value(double number)
{
    if (!std::isfinite(number))
        return null();
    std::array<char, 40> text {};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return raw({ text.data(), static_cast<std::size_t>(end - text.data()) });
}

JsonWriter& JsonWriter::value(std::string_view text) { return raw(quotedJson(text)); }

std::string quotedJson(std::string_view text)
{
    std::string result = "\"";
    std::size_t plain = 0; // [plain, i) needs no escape
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            ++i;
            continue;
        }
        const std::size_t length = sequenceLength(text.substr(i));
        if (length > 1) {
            i += length;
            continue;
        }
        result += text.substr(plain, i - plain);
        if (length == 0) {
            result += "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            result += '\\';
            result += text[i];
        } else if (c == '\n') {
            result += "\\n";
        } else {
            constexpr std::string_view hex = "0123456789abcdef";
            result += "\\u00";
            result += hex[c >> 4U];
            result += hex[c & 15U];
        }
        plain = ++i;
    }
    result += text.substr(plain);
    result += '"';
    return result;
}

} // namespace heapatlas::cli
