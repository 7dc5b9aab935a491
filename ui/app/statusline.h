// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace heapatlas {

class Document;

/// The status bar's content: state of the source with its dot, process and counts at the left; live, real and
/// fragmentation at the right. What does not fit is left out from the middle, never clipped.
class StatusLine : public QWidget
{
    Q_OBJECT
public:
    explicit StatusLine(QWidget* parent = nullptr);

    /// Without a document: a word and what the recorder can do.
    void showIdle(const QString& recorderStatus);
    void showDocument(const Document& document);
    /// Stands in for the counts while it is not empty: what is under the pointer.
    void setHint(const QString& hint);
    /// Every text that is shown now, left to right.
    [[nodiscard]] QStringList texts() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Item
    {
        QString text;
        QString tip;
        bool isRight = false;
        int priority = 0; ///< the lowest goes first where space is short
    };
    enum class Dot
    {
        None,
        Ok,
        Busy,
        Warning,
        Failure,
    };
    struct Placed
    {
        qsizetype item = 0;
        QRect box;
    };
    [[nodiscard]] QList<Placed> placed() const;
    void setItems(Dot dot, const QList<Item>& items);

    Dot m_dot = Dot::None;
    QList<Item> m_items;
    QString m_hint;
};

} // namespace heapatlas
