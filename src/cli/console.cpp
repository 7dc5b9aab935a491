// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/console.h"

#include "cli/command.h"
#include "session/wording.h"

#include <QString>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <array>

#include <unistd.h>
#include <utility>

namespace heapatlas::cli {

Output::Output()
{
    m_buffer.reserve(bufferBytes + 4096);
    // A closed pipe then shows as EPIPE and not as a signal.
    std::signal(SIGPIPE, SIG_IGN);
}

Output::~Output() { flush(); }

Output& Output::operator<<(const QString& text)
{
    const QByteArray bytes = text.toUtf8();
    return *this << std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()));
}

Output& Output::operator<<(std::uint64_t number)
{
    std::array<char, 24> digits {};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return *this << std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void Output::flush()
{
    std::size_t written = 0;
    while (written < m_buffer.size()) {
        const ssize_t n = ::write(STDOUT_FILENO, m_buffer.data() + written, m_buffer.size() - written);
        if (n >= 0) {
            written += static_cast<std::size_t>(n);
            continue;
        }
        if (errno == EINTR)
            continue;
        // Nobody reads on, or nothing more fits: there is no point in going on with the work either.
        if (errno == EPIPE)
            std::_Exit(exitstatus::done);
        complain(std::string("the result cannot be written: ") + std::strerror(errno));
        std::_Exit(exitstatus::fault);
    }
    m_buffer.clear();
}

void complain(std::string_view sentence)
{
    const std::string line = "hatlas: " + std::string(sentence) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void complain(const QString& sentence) { complain(sentence.toStdString()); }

void complain(const Error& error, const std::string& path)
{
    const QString name = QString::fromStdString(path);
    complain(wording::sentence(error, name));
    if (!error.context.empty() || error.offset)
        complain(QStringLiteral("  ") + wording::detailLine(error));
}

ProgressBar::ProgressBar(std::string label, bool isQuiet)
    : m_label(std::move(label))
    , m_isShown(!isQuiet && ::isatty(STDERR_FILENO) == 1)
    , m_last(std::chrono::steady_clock::now())
{
}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(std::uint64_t done, std::uint64_t total)
{
    if (!m_isShown || total == 0)
        return;
    const auto now = std::chrono::steady_clock::now();
    // Also for the first time: what takes less than a moment needs no bar.
    if (now - m_last < std::chrono::milliseconds(100))
        return;
    m_last = now;
    m_isDrawn = true;
    constexpr int width = 40;
    const double share = done >= total ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
    const int filled = static_cast<int>(share * width);
    std::fprintf(stderr, "\r%s [%.*s%*s] %3.0f %%", m_label.c_str(), filled,
        "########################################", width - filled, "", share * 100.0);
    std::fflush(stderr);
}

void ProgressBar::clear()
{
    if (!std::exchange(m_isDrawn, false))
        return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
}

} // namespace heapatlas::cli
