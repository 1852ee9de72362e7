// When each fault slot is enabled, and how often it has fired.
#pragma once

#include <cstdint>
#include <vector>

#include "machine.h"
#include "wire.h"

namespace espalier {

class FaultSlots {
 public:
  explicit FaultSlots(Machine& machine) : machine_(machine), windows_(machine.faultSlots), fired_(machine.faultSlots) {}

  // Disable all slots and forget what they did.
  void clear();
  // Take the slots' settings and windows from a RESET message.
  void load(Fields& fields);
  // Drive the enables of a cycle; cheap unless a window opens or closes in it.
  void drive(std::uint64_t cycle) {
    if (cycle == nextChange_) change(cycle);
  }
  // Count the slots that changed a bit in the cycle that the last clock edge has ended.
  void count() {
    if (enabled_) countFired();
  }
  const std::vector<std::uint64_t>& fired() const { return fired_; }

 private:
  struct Window {
    std::uint64_t first;
    std::uint64_t last;
  };

  void change(std::uint64_t cycle);
  void countFired();

  Machine& machine_;
  std::vector<Window> windows_;
  std::vector<std::uint64_t> fired_;
  std::uint64_t nextChange_ = 0;
  bool enabled_ = false;
};

}  // namespace espalier
