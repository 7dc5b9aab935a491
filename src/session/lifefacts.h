// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/slotlives.h"

#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace heapatlas {

class Document;

/// What a run over the trace tells of the selected block's place and of the document's filter; on threads of its own,
/// the newest wish wins.
class LifeFacts : public QObject
{
    Q_OBJECT
public:
    explicit LifeFacts(QObject* parent = nullptr);
    ~LifeFacts() override;

    /// Null: nothing. The document has to live until another one is set.
    void setDocument(Document* document);
    /// Whether somebody looks at the life of the slot: only then is it counted.
    void setSlotWanted(bool wanted);

    [[nodiscard]] SlotLivesPtr slot() const; ///< of the selected block; null while it is not known
    [[nodiscard]] bool isSlotPending() const;
    [[nodiscard]] BoxCountPtr box() const; ///< of the document's filter; null while it is not known
    /// The sites of box() with most bytes, at most `most`; the name is empty where none is known.
    struct Site
    {
        QString name;
        std::uint64_t blocks = 0;
        Bytes bytes = 0;
    };
    [[nodiscard]] std::vector<Site> boxSites(std::size_t most) const;

Q_SIGNALS:
    void slotChanged();
    void boxChanged();
    void mailArrived(QPrivateSignal);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heapatlas
