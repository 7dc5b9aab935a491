// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/address.h"

#include <QDialog>

#include <optional>
#include <variant>

class QLabel;
class QLineEdit;
class QPushButton;

namespace heapatlas {

/// A place in the trace: an event, or an address in the heap.
using GoToTarget = std::variant<std::uint64_t, Address>;

/// "987591", "987 591" and "987,591" are events; "0x7f4c2cb0b738" is an address. nullopt for anything else.
[[nodiscard]] std::optional<GoToTarget> parseGoToTarget(const QString& text);

/// Asks for an address or an event.
class GoToDialog : public QDialog
{
    Q_OBJECT
public:
    explicit GoToDialog(std::uint64_t events, QWidget* parent = nullptr);

Q_SIGNALS:
    void eventChosen(std::uint64_t event);
    void addressChosen(heapatlas::Address address);

private:
    void refresh();
    void submit();

    std::uint64_t m_events;
    QLineEdit* m_text;
    QLabel* m_state;
    QPushButton* m_go;
};

} // namespace heapatlas
