// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/overlays.h"
#include "session/selection.h"
#include "ui/views/inspector/inspectorsection.h"

#include <QList>
#include <QPointer>

class QLabel;

namespace heapatlas {

class Document;
class PinHolderRow;

/// "What pins this chunk?": the finding in words, and the sites that hold the selected chunk or run. Hides itself where
/// nothing of the selection can be pinned.
class PinSection : public InspectorSection
{
    Q_OBJECT
public:
    static constexpr std::size_t maxHolders = 6;

    explicit PinSection(QWidget* parent = nullptr);
    ~PinSection() override;

    /// Null: nothing to show.
    void setDocument(Document* document);
    /// What a document would have given.
    void show(const Selection& selection, const HeapOverlaysPtr& overlays);
    void dress() override;

private:
    void refresh();

    QPointer<Document> m_document;
    QLabel* m_finding;
    QList<PinHolderRow*> m_rows;
    QLabel* m_more;
};

/// The pin of the narrowest stretch around the address that the selection speaks of: its run, or its chunk; null if none
/// is pinned. O(pins).
[[nodiscard]] const Pin* pinOf(const PinTable& table, const Selection& selection);

} // namespace heapatlas
