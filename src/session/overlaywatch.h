// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/overlays.h"

#include <QFlags>
#include <QHash>
#include <QObject>

#include <memory>

namespace heapatlas {

class Document;

/// Keeps what is drawn over the map up to date with a document's cursor, on a thread of its own: seeks never wait for
/// it. Only what somebody wants is computed; the newest cursor wins.
class OverlayWatch : public QObject
{
    Q_OBJECT
public:
    enum Want : unsigned
    {
        Pins = 1, ///< O(live blocks)
        JustFreed = 2, ///< O(freedEvents)
        FreeLists = 4, ///< O(free slots)
    };
    Q_DECLARE_FLAGS(Wants, Want)

    /// A place counts as just freed for so many events.
    static constexpr std::uint64_t freedEvents = 9000;

    explicit OverlayWatch(Document* document);
    ~OverlayWatch() override;

    /// What `who` wants from now on; views say it apart from each other. Forgotten when `who` dies.
    void setWanted(QObject* who, Wants wants);
    /// The newest; perhaps of another event than the cursor's for a moment. Null before the first.
    [[nodiscard]] HeapOverlaysPtr overlays() const { return m_overlays; }
    /// Everything wanted is there for the cursor's event.
    [[nodiscard]] bool isCurrent() const;

Q_SIGNALS:
    void changed();

private:
    class Worker;
    void refresh();
    void deliver();
    [[nodiscard]] Wants wanted() const;

    Document* m_document;
    QHash<QObject*, Wants> m_wanted;
    HeapOverlaysPtr m_overlays;
    std::unique_ptr<Worker> m_worker; ///< made when something is wanted and the trace is loaded
};

Q_DECLARE_OPERATORS_FOR_FLAGS(OverlayWatch::Wants)

} // namespace heapatlas
