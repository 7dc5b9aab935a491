// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringView>

#include <optional>

namespace heapatlas {

/// Finds the letters of what somebody types, in order but not necessarily side by side, in names. Case and spaces of
/// the pattern do not matter. Better: at the beginning of words (also of those in camelCase), side by side, early.
class FuzzyPattern
{
public:
    /// Of a text no more letters are looked at, and of a pattern no more are asked for.
    static constexpr qsizetype maxText = 256;
    static constexpr qsizetype maxPattern = 48;

    explicit FuzzyPattern(QStringView pattern);

    [[nodiscard]] bool isEmpty() const { return m_letters.isEmpty(); }
    /// How well it is found, or nullopt if it is not; only for comparing. Linear in the text where it is not found.
    [[nodiscard]] std::optional<int> score(QStringView text) const;
    /// Positions of the letters in the text, ascending; empty if it is not found.
    [[nodiscard]] QList<int> letters(QStringView text) const;

private:
    [[nodiscard]] bool isSubsequence(QStringView text) const;
    int best(QStringView text, QList<int>* letters) const;

    QString m_letters; ///< case folded, without spaces
};

} // namespace heapatlas
