// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// All bodies of ZendMm, for those who instantiate it: zendmm.cpp, and tests with rules of their own.

#include "alloc/zendmm.h"

// The order is that of use: the page helpers come first.
#include "alloc/zendmmpages.inl"

#include "alloc/zendmmhuge.inl"
#include "alloc/zendmmlimit.inl"
#include "alloc/zendmmstate.inl"

#include "alloc/zendmmbytes.inl"
#include "alloc/zendmmdescribe.inl"
