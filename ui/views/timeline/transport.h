// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QMenu;
class QToolButton;

namespace heapatlas {

class Playback;

/// The block left of the chart: first, one back, play, one on, last; the event; the speed.
class Transport : public QWidget
{
    Q_OBJECT
public:
    static constexpr int blockWidth = 148;

    explicit Transport(Playback* playback, QWidget* parent = nullptr);

    /// The speed menu, also for the menu bar.
    [[nodiscard]] QMenu* speedMenu() const { return m_speedMenu; }

public Q_SLOTS:
    void setEvent(std::uint64_t event, std::uint64_t events);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QToolButton* addButton(const char* name, const QString& icon, const QString& title, const QString& keys);
    void refresh();
    void dress();

    Playback* m_playback;
    QToolButton* m_play;
    QLabel* m_caption;
    QLabel* m_event;
    QLabel* m_total;
    QToolButton* m_speed;
    QMenu* m_speedMenu;
    QWidget* m_buttons;
};

} // namespace heapatlas
