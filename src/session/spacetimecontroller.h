// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/eventscale.h"
#include "model/lifebars.h"
#include "model/spacetimegrid.h"

#include <QObject>

#include <memory>

namespace heapatlas {

class Document;

/// What the space–time view shows of a document, made on threads of its own: the grid of the whole trace, a finer one
/// of the stretch that is seen, and the lives of a few pages. The newest wish wins, and every call returns at once.
class SpacetimeController : public QObject
{
    Q_OBJECT
public:
    /// The stretch of the axis that is seen, in positions.
    struct Stretch
    {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        unsigned columns = 0; ///< device pixels

        friend bool operator==(const Stretch&, const Stretch&) = default;
    };

    /// The document has to outlive the controller; nothing is done before start().
    explicit SpacetimeController(Document* document, QObject* parent = nullptr);
    ~SpacetimeController() override;

    /// Somebody looks now: makes the overview as soon as the trace is loaded.
    void start();
    [[nodiscard]] EventScale::Unit unit() const;
    /// Of unit(); null until it is known (events: always known).
    [[nodiscard]] EventScalePtr scale() const;
    [[nodiscard]] SpacetimeGridPtr
    overview() const; ///< of the whole trace; perhaps not complete yet, or null
    [[nodiscard]] SpacetimeGridPtr detail() const; ///< of the stretch that was asked for last, or null
    [[nodiscard]] LifeBarsPtr lives() const; ///< of the window that was asked for last (or before), or null
    [[nodiscard]] bool isWorking() const; ///< on the overview
    [[nodiscard]] double progress() const; ///< of it, 0 … 1
    [[nodiscard]] bool isCancelled() const; ///< before it was complete
    /// Nothing that was asked for is missing.
    [[nodiscard]] bool isSettled() const;

public Q_SLOTS:
    void setUnit(heapatlas::EventScale::Unit unit);
    void setStretch(const heapatlas::SpacetimeController::Stretch& stretch);
    void setWindow(heapatlas::AddressRange window);
    void cancel(); ///< the overview stays as far as it came
    void resume();

Q_SIGNALS:
    void scaleChanged();
    void gridChanged(); ///< overview, detail, progress
    void livesChanged();
    /// No window was asked for; these pages show best what comes and goes, and count as asked for.
    void windowChosen(heapatlas::AddressRange window);
    /// From other threads; carries nothing.
    void mailArrived(QPrivateSignal);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace heapatlas
