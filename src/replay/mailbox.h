// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace heapatlas {

/// A slot for one letter between two threads: put() replaces what was not taken yet, so the newest wins and nothing
/// piles up. The lock is held for a move only; hasMail() takes none, for long loops that look often.
template <class T>
class Mailbox
{
public:
    /// Returns whether a letter that nobody took was replaced.
    bool put(T letter)
    {
        std::optional<T> old(std::move(letter)); // the replaced one dies outside the lock
        {
            const std::scoped_lock lock(m_mutex);
            std::swap(m_letter, old);
            m_hasMail.store(true, std::memory_order_release);
        }
        return old.has_value();
    }

    /// The newest letter, or nothing; the box is empty afterwards.
    [[nodiscard]] std::optional<T> take()
    {
        std::optional<T> letter;
        if (hasMail()) {
            const std::scoped_lock lock(m_mutex);
            std::swap(m_letter, letter);
            m_hasMail.store(false, std::memory_order_release);
        }
        return letter;
    }

    [[nodiscard]] bool hasMail() const { return m_hasMail.load(std::memory_order_acquire); }

private:
    mutable std::mutex m_mutex;
    std::optional<T> m_letter;
    std::atomic<bool> m_hasMail = false;
};

} // namespace heapatlas
