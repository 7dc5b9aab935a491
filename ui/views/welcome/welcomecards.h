// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/settings.h"
#include "ui/views/welcome/samplecatalog.h"
#include "ui/widgets/card.h"

#include <QDateTime>
#include <QImage>

#include <functional>

class QPushButton;

namespace heapatlas {

/// "today 10:42", "yesterday", "Thursday" within a week, "16 November", "16 November 2024" in another year.
[[nodiscard]] QString friendlyDate(const QDateTime& when, const QDateTime& now);
/// "212 k", "1.54 M": a number of events in three digits or so.
[[nodiscard]] QString shortCount(std::uint64_t n);

/// A thing to begin with: icon, title, one line of explanation, key. One of them is filled.
class StartCard : public Card
{
    Q_OBJECT
public:
    StartCard(const QString& icon, const QString& title, const QString& subtitle, const QString& keys,
        bool isPrimary, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    /// Replaces the explanation, for example by the reason why it is disabled.
    void setSubtitle(const QString& subtitle);

protected:
    QColor surface() const override;
    void paintContent(QPainter& painter) override;

private:
    QString m_icon;
    QString m_subtitle;
    QString m_keys;
    bool m_isPrimary;
};

/// A trace opened before: fingerprint of its map, name, date, events, peak and live curve. Greyed when the file is gone.
class RecentCard : public Card
{
    Q_OBJECT
public:
    explicit RecentCard(const RecentFile& file, QWidget* parent = nullptr);
    [[nodiscard]] const RecentFile& file() const { return m_file; }
    QSize sizeHint() const override;

Q_SIGNALS:
    void removeRequested();
    void locateRequested();

protected:
    void paintContent(QPainter& painter) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    RecentFile m_file;
    QImage m_fingerprint;
    QPushButton* m_locate = nullptr;
    QPushButton* m_remove = nullptr;
};

/// A trace that comes with the program: a strip of its heap, title and one line.
class SampleCard : public Card
{
    Q_OBJECT
public:
    explicit SampleCard(const SampleTrace& sample, QWidget* parent = nullptr);
    [[nodiscard]] const SampleTrace& sample() const { return m_sample; }
    QSize sizeHint() const override;
    static constexpr int pictureHeight = 63;
    /// Paints the strip at a size and pixel ratio; asked again when the theme or the size changes.
    using PictureSource = std::function<QImage(QSize size, qreal ratio)>;
    void setPicture(PictureSource source);
    /// The line under the title, where the catalogue had none.
    void setSubtitle(const QString& subtitle);

protected:
    void paintContent(QPainter& painter) override;

private:
    SampleTrace m_sample;
    PictureSource m_source;
    QImage m_picture;
    QString m_pictureTheme;
};

} // namespace heapatlas
