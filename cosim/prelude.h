// Compiled once (see build.mk) and used by every model: nearly all of a small build's time goes into these headers.
#pragma once

#include "machine.h"
#include "verilated.h"
#include "verilated_dpi.h"
#include "verilated_vcd_c.h"
