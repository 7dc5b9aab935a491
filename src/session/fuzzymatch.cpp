// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/fuzzymatch.h"

#include <QVarLengthArray>

#include <algorithm>
#include <limits>

namespace heapatlas {

namespace {

constexpr int letterPoints = 4;
constexpr int wordPoints = 6; ///< the letter begins a word
constexpr int neighbourPoints = 8; ///< the letter before it is the one before it in the text
constexpr int gapCost = 3;
constexpr int latestStartCost = 3; ///< what letters before the first one may cost at most
constexpr int wholePoints = 20; ///< the text is the pattern and nothing else
constexpr int never = std::numeric_limits<int>::min() / 2;

QChar folded(QChar c)
{
    const char16_t unit = c.unicode();
    if (unit < 128)
        return unit >= u'A' && unit <= u'Z' ? QChar(static_cast<char16_t>(unit | 0x20)) : c;
    return c.toCaseFolded();
}

bool beginsWord(QStringView text, qsizetype at)
{
    if (at == 0)
        return true;
    const QChar before = text[at - 1];
    const QChar here = text[at];
    if (!here.isLetterOrNumber())
        return false;
    return !before.isLetterOrNumber() || (before.isLower() && here.isUpper())
        || (before.isLetter() && here.isDigit());
}

} // namespace

FuzzyPattern::FuzzyPattern(QStringView pattern)
{
    for (const QChar c : pattern) {
        if (!c.isSpace() && m_letters.size() < maxPattern)
            m_letters += folded(c);
    }
}

bool FuzzyPattern::isSubsequence(QStringView text) const
{
    qsizetype at = 0;
    for (const QChar c : text) {
        if (folded(c) == m_letters[at] && ++at == m_letters.size())
            return true;
    }
    return false;
}

std::optional<int> FuzzyPattern::score(QStringView text) const
{
    text = text.left(maxText);
    if (isEmpty())
        return 0;
    if (!isSubsequence(text))
        return std::nullopt;
    return best(text, nullptr);
}

QList<int> FuzzyPattern::letters(QStringView text) const
{
    text = text.left(maxText);
    QList<int> found;
    if (!isEmpty() && isSubsequence(text))
        best(text, &found);
    return found;
}

// Row i holds, for each place of the text, the best way to end the first i + 1 letters exactly there.
int FuzzyPattern::best(QStringView text, QList<int>* letters) const
{
    const qsizetype length = text.size();
    const qsizetype wanted = m_letters.size();
    QVarLengthArray<int, 512> rows(2 * length, never);
    QVarLengthArray<short, 1024> from; // where the letter before stands, for each row and place
    if (letters != nullptr)
        from.resize(wanted * length);
    int* before = rows.data();
    int* now = rows.data() + length;
    for (qsizetype i = 0; i < wanted; ++i) {
        int bestApart = never; // of the row before, at least one place back
        qsizetype apartAt = -1;
        for (qsizetype j = 0; j < length; ++j) {
            if (j >= 2 && before[j - 2] > bestApart) {
                bestApart = before[j - 2];
                apartAt = j - 2;
            }
            now[j] = never;
            if (folded(text[j]) != m_letters[i])
                continue;
            const int here = letterPoints + (beginsWord(text, j) ? wordPoints : 0);
            if (i == 0) {
                now[j] = here - std::min(static_cast<int>(j), latestStartCost);
                continue;
            }
            const int side = j >= 1 && before[j - 1] > never ? before[j - 1] + neighbourPoints : never;
            const int apart = bestApart > never ? bestApart - gapCost : never;
            if (side <= never && apart <= never)
                continue;
            now[j] = here + std::max(side, apart);
            if (letters != nullptr)
                from[i * length + j] = static_cast<short>(side >= apart ? j - 1 : apartAt);
        }
        std::swap(before, now);
    }
    const int* last = std::max_element(before, before + length);
    if (letters != nullptr) {
        auto at = static_cast<short>(last - before);
        for (qsizetype i = wanted - 1; i >= 0; --i) {
            letters->prepend(at);
            at = from[i * length + at];
        }
    }
    return *last + (wanted == length ? wholePoints : 0);
}

} // namespace heapatlas
