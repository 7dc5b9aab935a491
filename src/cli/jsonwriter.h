// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/console.h"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heapatlas::cli {

/// The text as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string quotedJson(std::string_view text);

/// Writes JSON as it goes, so that an array of any length needs no memory; keys keep their order. Whole numbers are
/// written as such, whatever their size.
class JsonWriter
{
public:
    explicit JsonWriter(Output& out)
        : m_out(out)
    {
    }

    JsonWriter& beginObject() { return begin('{'); }
    JsonWriter& beginArray() { return begin('['); }
    JsonWriter& endObject() { return end('}'); }
    JsonWriter& endArray() { return end(']'); }
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(bool yes) { return raw(yes ? "true" : "false"); }
    JsonWriter& value(std::unsigned_integral auto number)
    {
        separate();
        m_out << std::uint64_t { number };
        return *this;
    }
    JsonWriter& value(std::signed_integral auto number) { return raw(std::to_string(number)); }
    JsonWriter& value(double number); ///< null if it is not finite
    JsonWriter& null() { return raw("null"); }

    template <class T>
    JsonWriter& member(std::string_view name, const T& what)
    {
        return key(name).value(what);
    }
    template <class T>
    JsonWriter& member(std::string_view name, const std::optional<T>& what)
    {
        return what ? key(name).value(*what) : key(name).null();
    }

private:
    JsonWriter& begin(char bracket);
    JsonWriter& end(char bracket);
    JsonWriter& raw(std::string_view text);
    void separate();

    Output& m_out;
    std::vector<bool> m_hasItems; ///< per open bracket
    bool m_isAfterKey = false;
};

} // namespace heapatlas::cli
