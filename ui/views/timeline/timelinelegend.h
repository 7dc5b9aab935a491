// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <QWidget>

#include <optional>

namespace heapatlas {

/// The row above the chart: what each sign means, with the values at the cursor. It is the only read-out.
class TimelineLegend : public QWidget
{
    Q_OBJECT
public:
    struct Values
    {
        Bytes live = 0;
        Bytes real = 0;
        Bytes peak = 0;
        Bytes limit = 0; ///< 0: no entry
        bool hasGcRuns = false;
        bool hasCheckpoints = false;

        friend bool operator==(const Values&, const Values&) = default;
    };

    explicit TimelineLegend(QWidget* parent = nullptr);

    [[nodiscard]] const std::optional<Values>& values() const { return m_values; }
    QSize sizeHint() const override;

public Q_SLOTS:
    /// nullopt: nothing is known yet; the row stays empty.
    void setValues(const std::optional<heapatlas::TimelineLegend::Values>& values);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<Values> m_values;
};

} // namespace heapatlas
