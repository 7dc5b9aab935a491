// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/heapbytes.h"

#include <QWidget>

#include <vector>

class QToolButton;

namespace heapatlas {

class SegmentedSwitch;

/// The line above the bytes: what they are, the legend of the fields that occur, decoded or raw. 36 px high.
class BytesHeader : public QWidget
{
    Q_OBJECT
public:
    explicit BytesHeader(QWidget* parent = nullptr);

    void setSubject(const QString& text);
    [[nodiscard]] const QString& subject() const { return m_subject; }
    void setKinds(std::vector<FieldKind> kinds);
    [[nodiscard]] SegmentedSwitch* modes() const { return m_modes; }
    [[nodiscard]] QToolButton* closeButton() const { return m_close; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QString m_subject;
    std::vector<FieldKind> m_kinds;
    SegmentedSwitch* m_modes;
    QToolButton* m_close;
};

} // namespace heapatlas
