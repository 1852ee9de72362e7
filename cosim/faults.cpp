#include "faults.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace espalier {

namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

void loadPort(const Port& port, Fields& fields) {
  const std::uint8_t* bits = fields.take(port.bytes());
  if (port.widthBits % 8 != 0 && bits[port.bytes() - 1] >> (port.widthBits % 8)) {
    reject("a fault field has bits beyond its port");
  }
  std::memcpy(port.bits, bits, port.bytes());
}

}  // namespace

void FaultSlots::clear() {
  std::fill(windows_.begin(), windows_.end(), Window{kNever, 0});
  std::fill(fired_.begin(), fired_.end(), 0);
  nextChange_ = kNever;
  enabled_ = false;
  if (windows_.empty()) return;
  const FaultPorts& ports = machine_.fault;
  for (const Port* port : {&ports.enable, &ports.pe, &ports.node, &ports.kind, &ports.mask, &ports.value}) {
    std::memset(port->bits, 0, port->bytes());
  }
}

void FaultSlots::load(Fields& fields) {
  const std::uint32_t slots = fields.u32();
  if (slots != windows_.size()) {
    reject("a job drives " + std::to_string(slots) + " fault slots; the design has " +
           std::to_string(windows_.size()));
  }
  for (Window& window : windows_) {
    window.first = fields.u64();
    window.last = fields.u64();
    // A slot that the job leaves alone carries an empty window.
    if (window.first <= window.last) nextChange_ = std::min(nextChange_, window.first);
  }
  if (slots == 0) return;
  const FaultPorts& ports = machine_.fault;
  for (const Port* port : {&ports.pe, &ports.node, &ports.kind, &ports.mask, &ports.value}) loadPort(*port, fields);
}

void FaultSlots::change(std::uint64_t cycle) {
  enabled_ = false;
  nextChange_ = kNever;
  const Port& enable = machine_.fault.enable;
  std::memset(enable.bits, 0, enable.bytes());
  for (std::size_t slot = 0; slot < windows_.size(); ++slot) {
    const Window& window = windows_[slot];
    if (window.first > window.last || window.last < cycle) continue;
    if (window.first > cycle) {
      nextChange_ = std::min(nextChange_, window.first);
      continue;
    }
    enabled_ = true;
    enable.bits[slot / 8] = static_cast<std::uint8_t>(enable.bits[slot / 8] | 1u << (slot % 8));
    if (window.last != kNever) nextChange_ = std::min(nextChange_, window.last + 1);
  }
}

void FaultSlots::countFired() {
  const std::uint8_t* bits = machine_.fault.fired.bits;
  for (std::size_t slot = 0; slot < fired_.size(); ++slot) fired_[slot] += bits[slot / 8] >> (slot % 8) & 1u;
}

}  // namespace espalier
