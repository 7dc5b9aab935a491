// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

class QString;

namespace heapatlas::cli {

/// Standard output for results, buffered. A reader that went away (EPIPE) ends the program quietly with status 0, any
/// other failure to write with a sentence and status 4. One instance a run; flush() happens on destruction.
class Output
{
public:
    Output();
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    Output& operator<<(std::string_view text)
    {
        m_buffer.append(text);
        if (m_buffer.size() >= bufferBytes)
            flush();
        return *this;
    }
    Output& operator<<(const char* text) { return *this << std::string_view(text); }
    Output& operator<<(const std::string& text) { return *this << std::string_view(text); }
    Output& operator<<(const QString& text);
    Output& operator<<(std::uint64_t number);
    void flush();

private:
    static constexpr std::size_t bufferBytes = 256 * 1024;
    std::string m_buffer;
};

/// One line on standard error: "hatlas: " and the sentence.
void complain(std::string_view sentence);
void complain(const QString& sentence);
/// The sentence for an error of the file at `path`, and where it is.
void complain(const Error& error, const std::string& path);

/// A bar on standard error, only if that is a terminal; cleared when it goes out of scope.
class ProgressBar
{
public:
    /// `isQuiet`: nothing is shown in any case.
    ProgressBar(std::string label, bool isQuiet);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// Draws at most ten times a second, so it may be called often.
    void update(std::uint64_t done, std::uint64_t total);
    void clear();

private:
    std::string m_label;
    bool m_isShown = false;
    bool m_isDrawn = false;
    std::chrono::steady_clock::time_point m_last;
};

} // namespace heapatlas::cli
