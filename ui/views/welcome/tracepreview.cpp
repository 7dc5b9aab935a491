// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/welcome/tracepreview.h"

#include <QTimer>

#include <algorithm>

namespace heapatlas {

TracePreview::TracePreview(QObject* parent)
    : QObject(parent)
{
}

TracePreview::~TracePreview() = default;

void TracePreview::start(const QStringList& paths)
{
    m_queue = paths;
    m_document.reset();
    next();
}

void TracePreview::next()
{
    m_hasMoved = false;
    if (m_queue.isEmpty()) {
        m_document.reset();
        Q_EMIT finished();
        return;
    }
    m_document = std::make_unique<Document>(m_queue.takeFirst());
    m_document->setWindow(Detail::Regions, AddressRange::everything());
    connect(m_document.get(), &Document::progressChanged, this, &TracePreview::look);
    connect(m_document.get(), &Document::snapshotChanged, this, &TracePreview::look);
}

void TracePreview::look()
{
    if (!m_document)
        return;
    const Document::Phase phase = m_document->phase();
    if (phase == Document::Phase::Ready && !m_hasMoved) {
        m_hasMoved = true;
        if (const auto curve = m_document->curve(); curve && !curve->isEmpty())
            m_document->setCursor(fullestEvent(*curve));
    }
    const bool isDone = phase == Document::Phase::Ready && m_document->isSnapshotCurrent();
    if (!isDone && phase != Document::Phase::Failed)
        return;
    m_document->disconnect(this);
    if (isDone)
        Q_EMIT ready(m_document->path(), m_document->snapshot(), m_document->eventCount());
    // Not from inside one of the document's own signals: next() destroys it.
    QTimer::singleShot(0, this, &TracePreview::next);
}

std::uint64_t fullestEvent(const UsageCurve& curve)
{
    if (curve.isEmpty())
        return 0;
    const std::span<const UsageBucket> rows = curve.level(0);
    const auto top = std::max_element(rows.begin(), rows.end(),
        [](const UsageBucket& a, const UsageBucket& b) { return a.liveMax < b.liveMax; });
    const auto row = static_cast<std::uint64_t>(top - rows.begin());
    return std::min((row + 1) * UsageCurve::baseEvents, curve.events());
}

} // namespace heapatlas
