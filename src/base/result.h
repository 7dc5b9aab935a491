// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cassert>
#include <utility>
#include <variant>

namespace heapatlas {

/// A value or the Error why there is none. value() on a failure is our own mistake and asserts.
template <class T>
class [[nodiscard]] Result
{
public:
    Result(T value) // NOLINT(google-explicit-constructor): `return value;` is the point
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Error error) // NOLINT(google-explicit-constructor)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    [[nodiscard]] bool isOk() const { return m_state.index() == 0; }
    explicit operator bool() const { return isOk(); }

    [[nodiscard]] T& value()
    {
        assert(isOk());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] const T& value() const
    {
        assert(isOk());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] const Error& error() const
    {
        assert(!isOk());
        return *std::get_if<1>(&m_state);
    }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) // NOLINT(google-explicit-constructor)
        : m_error(std::move(error))
    {
    }
    [[nodiscard]] bool isOk() const { return !m_error.has_value(); }
    explicit operator bool() const { return isOk(); }
    [[nodiscard]] const Error& error() const
    {
        assert(!isOk());
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

} // namespace heapatlas
