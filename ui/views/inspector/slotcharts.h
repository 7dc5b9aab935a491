// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/slotlives.h"

#include <QColor>
#include <QWidget>

namespace heapatlas {

/// Everybody who owned a slot, along the trace: the selected one coloured, the others grey, the cursor as a line.
class SlotStrip : public QWidget
{
    Q_OBJECT
public:
    explicit SlotStrip(QWidget* parent = nullptr);

    void setLives(SlotLivesPtr lives, std::uint64_t born, std::uint64_t cursor, std::uint64_t events);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    SlotLivesPtr m_lives;
    std::uint64_t m_born = 0;
    std::uint64_t m_cursor = 0;
    std::uint64_t m_events = 1;
};

/// How long blocks lived: a line for each order of magnitude, with a bar and its share.
class LifetimeHistogram : public QWidget
{
    Q_OBJECT
public:
    explicit LifetimeHistogram(QWidget* parent = nullptr);

    void setLives(SlotLivesPtr lives);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return { 160, sizeHint().height() }; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Line
    {
        QString name;
        double share = 0;
        bool isStillLive = false;
    };
    [[nodiscard]] std::vector<Line> lines() const;

    SlotLivesPtr m_lives;
};

} // namespace heapatlas
