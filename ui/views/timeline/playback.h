// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <cstdint>

namespace heapatlas {

/// Moves a cursor through the events of a trace, forwards or backwards. Knows nothing of traces: it is told where the
/// cursor is and says where it should go.
class Playback : public QObject
{
    Q_OBJECT
public:
    /// Events a second at speed 1.
    static constexpr double eventsPerSecond = 1000;
    /// Steps a second at the speed "one event per step".
    static constexpr double stepsPerSecond = 10;
    /// The speed that means "one event per step".
    static constexpr double singleStep = 0;

    explicit Playback(QObject* parent = nullptr);

    [[nodiscard]] bool isPlaying() const { return m_timer.isActive(); }
    [[nodiscard]] bool isBackward() const { return m_isBackward; }
    [[nodiscard]] double speed() const { return m_speed; } ///< 0.1 … 1000, or singleStep
    [[nodiscard]] std::uint64_t cursor() const { return m_cursor; }
    [[nodiscard]] std::uint64_t events() const { return m_events; }

    /// The speeds offered, slowest first; the first is singleStep.
    [[nodiscard]] static const QList<double>& speeds();
    /// "0.1×", "1×", "1 event a step".
    [[nodiscard]] static QString speedLabel(double speed);

    /// What moves while playing after `elapsedMs` more milliseconds; called by the timer, and by tests without one.
    void advance(double elapsedMs);

public Q_SLOTS:
    void setEvents(std::uint64_t events);
    /// The cursor was moved by someone; playing goes on from there.
    void setCursor(std::uint64_t event);
    void setSpeed(double speed);
    /// Plays in that direction, or pauses if it already does. At the end it starts again from the other one.
    void togglePlay(bool backward = false);
    void pause();
    /// One jump of `delta` events, kept inside the trace. Pauses.
    void step(std::int64_t delta);

Q_SIGNALS:
    void cursorRequested(std::uint64_t event);
    void stateChanged(); ///< playing, direction, speed

private:
    void request(double position);

    QTimer m_timer;
    QElapsedTimer m_clock;
    std::uint64_t m_events = 0;
    std::uint64_t m_cursor = 0;
    double m_position = 0; ///< fractional cursor: slow speeds move less than an event a frame
    double m_speed = 1;
    bool m_isBackward = false;
    bool m_isRequesting = false;
};

} // namespace heapatlas
