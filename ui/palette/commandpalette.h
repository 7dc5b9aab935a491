// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/palette/palettesearch.h"

#include <QFrame>
#include <QPointer>

#include <functional>

class QLineEdit;
class QListView;

namespace heapatlas {

class PaletteModel;

/// The command field opened: a line to type in and what matches it below. A child of its window, over everything else.
class CommandPalette : public QFrame
{
    Q_OBJECT
public:
    static constexpr int usualWidth = 560;

    explicit CommandPalette(QWidget* window);

    /// Asked anew for each search, so that nothing in it is stale.
    void setSources(std::function<PaletteSources()> sources) { m_sources = std::move(sources); }
    /// Over `field`, whose right edge it keeps. Selects what was typed before.
    void openAt(QWidget* field);
    void setText(const QString& text);
    [[nodiscard]] QString text() const;
    [[nodiscard]] const PaletteModel* model() const { return m_model; }
    [[nodiscard]] int currentRow() const;

public Q_SLOTS:
    void dismiss();
    /// The sources changed (sites were counted); a choice that the user made stays where it can.
    void refresh();

Q_SIGNALS:
    void chosen(const heapatlas::PaletteTarget& target);
    void opened();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void search();
    void choose(int row);
    void step(int from, int direction);
    void setCurrentRow(int row);
    void place();

    std::function<PaletteSources()> m_sources;
    QLineEdit* m_text;
    QListView* m_list;
    PaletteModel* m_model;
    QPointer<QWidget> m_field;
    QPointer<QWidget> m_focusBefore;
    bool m_hasMoved = false; ///< the user chose another line than the first
};

} // namespace heapatlas
