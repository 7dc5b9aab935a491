// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapsnapshot.h"
#include "session/document.h"

#include <QObject>
#include <QStringList>

#include <memory>

namespace heapatlas {

/// Opens small traces one after the other in the background to learn what their heaps look like where they are
/// fullest. For sample cards; large files are not for this.
class TracePreview : public QObject
{
    Q_OBJECT
public:
    explicit TracePreview(QObject* parent = nullptr);
    ~TracePreview() override;

    void start(const QStringList& paths);
    [[nodiscard]] bool isBusy() const { return m_document != nullptr || !m_queue.isEmpty(); }

Q_SIGNALS:
    void ready(const QString& path, heapatlas::SnapshotPtr snapshot, std::uint64_t events);
    void finished(); ///< the queue is empty

private:
    void next();
    void look();

    QStringList m_queue;
    std::unique_ptr<Document> m_document;
    bool m_hasMoved = false;
};

/// The event after which most was live: where a heap is worth looking at first. O(buckets of the finest level).
[[nodiscard]] std::uint64_t fullestEvent(const UsageCurve& curve);

} // namespace heapatlas
