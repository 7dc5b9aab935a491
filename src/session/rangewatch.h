// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rangefigures.h"
#include "model/usagecloseup.h"

#include <QObject>

#include <memory>
#include <optional>

namespace heapatlas {

class Document;

/// What happened in the whole run and in the document's range, and close-ups of the curve; made on a thread of its own,
/// so that seeks never wait for it. The newest question wins.
class RangeWatch : public QObject
{
    Q_OBJECT
public:
    explicit RangeWatch(Document* document);
    ~RangeWatch() override;

    /// Of the whole trace, once somebody wanted it and it is loaded; else null.
    [[nodiscard]] std::shared_ptr<const RangeFigures> whole() const { return m_whole; }
    /// Of the document's range; for a moment perhaps of the one before it. Null without a range, and before the first
    /// is known.
    [[nodiscard]] std::shared_ptr<const RangeFigures> inRange() const;
    /// The newest, perhaps of another part of the trace than was asked for last. Null before the first.
    [[nodiscard]] std::shared_ptr<const UsageCloseUp> closeUp() const { return m_closeUp; }
    /// Nothing that was asked for is missing.
    [[nodiscard]] bool isCurrent() const;

public Q_SLOTS:
    void requestWhole();
    void requestCloseUp(heapatlas::EventRange range, std::uint64_t stride);

Q_SIGNALS:
    void figuresChanged();
    void closeUpChanged();

private:
    class Worker;
    void refresh();
    void deliver();
    [[nodiscard]] Worker* worker(); ///< null until the trace is loaded

    Document* m_document;
    bool m_isWholeWanted = false;
    std::optional<EventRange> m_asked;
    std::optional<EventRange> m_closeUpAsked;
    std::uint64_t m_closeUpStride = 1;
    bool m_isWholeAsked = false;
    std::shared_ptr<const RangeFigures> m_whole;
    std::shared_ptr<const RangeFigures> m_inRange;
    std::shared_ptr<const UsageCloseUp> m_closeUp;
    std::unique_ptr<Worker> m_worker;
};

} // namespace heapatlas
