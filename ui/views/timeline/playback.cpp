// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/timeline/playback.h"

#include <algorithm>
#include <cmath>

namespace heapatlas {

namespace {

constexpr int frameMs = 16;

} // namespace

Playback::Playback(QObject* parent)
    : QObject(parent)
{
    m_timer.setInterval(frameMs);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] { advance(static_cast<double>(m_clock.restart())); });
}

const QList<double>& Playback::speeds()
{
    static const QList<double> all { singleStep, 0.1, 0.5, 1, 2, 5, 10, 50, 100, 500, 1000 };
    return all;
}

QString Playback::speedLabel(double speed)
{
    if (speed == singleStep)
        return tr("1 event a step");
    return QString::number(speed, 'g', 4) + QChar(0x00D7);
}

void Playback::setEvents(std::uint64_t events)
{
    m_events = events;
    if (m_cursor > events)
        setCursor(events);
}

void Playback::setCursor(std::uint64_t event)
{
    m_cursor = std::min(event, m_events);
    if (!m_isRequesting)
        m_position = static_cast<double>(m_cursor);
}

void Playback::setSpeed(double speed)
{
    if (m_speed == speed)
        return;
    m_speed = speed;
    Q_EMIT stateChanged();
}

void Playback::togglePlay(bool backward)
{
    if (isPlaying() && m_isBackward == backward) {
        pause();
        return;
    }
    if (m_events == 0)
        return;
    m_isBackward = backward;
    m_position = static_cast<double>(m_cursor);
    if (!backward && m_cursor == m_events)
        request(0);
    else if (backward && m_cursor == 0)
        request(static_cast<double>(m_events));
    m_clock.start();
    m_timer.start();
    Q_EMIT stateChanged();
}

void Playback::pause()
{
    if (!isPlaying())
        return;
    m_timer.stop();
    Q_EMIT stateChanged();
}

void Playback::step(std::int64_t delta)
{
    pause();
    const std::uint64_t distance = delta < 0 ? std::uint64_t { 0 } - static_cast<std::uint64_t>(delta)
                                             : static_cast<std::uint64_t>(delta);
    const std::uint64_t target = delta < 0 ? m_cursor - std::min(m_cursor, distance)
                                           : m_cursor + std::min(m_events - m_cursor, distance);
    if (target != m_cursor)
        request(static_cast<double>(target));
}

void Playback::advance(double elapsedMs)
{
    // A long stall (the machine slept) must not turn into a jump over half the trace.
    const double seconds = std::min(elapsedMs, 250.0) / 1000;
    const double rate = m_speed == singleStep ? stepsPerSecond : m_speed * eventsPerSecond;
    const double target = m_position + (m_isBackward ? -1 : 1) * seconds * rate;
    request(std::clamp(target, 0.0, static_cast<double>(m_events)));
    if (m_cursor == (m_isBackward ? 0 : m_events))
        pause();
}

void Playback::request(double position)
{
    m_position = position;
    const auto event = static_cast<std::uint64_t>(std::llround(std::floor(position)));
    if (event == m_cursor)
        return;
    m_cursor = event;
    // The answer comes back through setCursor(), rounded; the fraction must survive it.
    m_isRequesting = true;
    Q_EMIT cursorRequested(event);
    m_isRequesting = false;
}

} // namespace heapatlas
