// What the harness knows about a top module: its ports, the same for all designs but for the width of the streams. A
// small generated adapter fills this in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "machine.h"

namespace espalier {

// One direction of a stream, as seen from outside.
struct StreamPorts {
  Port data;
  Port keep;
  Port last;
  Port valid;
  Port ready;
};

struct RegisterPorts {
  Port writeAddress;
  Port writeAddressValid;
  Port writeAddressReady;
  Port writeData;
  Port writeStrobe;
  Port writeDataValid;
  Port writeDataReady;
  Port writeResponse;
  Port writeResponseValid;
  Port writeResponseReady;
  Port readAddress;
  Port readAddressValid;
  Port readAddressReady;
  Port readData;
  Port readResponse;
  Port readDataValid;
  Port readDataReady;
};

// A Verilated top module with its ports laid open.
class TopMachine {
 public:
  TopMachine() = default;
  TopMachine(const TopMachine&) = delete;
  TopMachine& operator=(const TopMachine&) = delete;
  virtual ~TopMachine() = default;

  virtual void eval() = 0;

  std::string designHash;
  std::uint32_t faultSlots = 0;
  Port clock;
  Port resetN;
  StreamPorts in;
  StreamPorts out;
  RegisterPorts registers;
};

// Defined by the generated adapter.
std::unique_ptr<TopMachine> makeTopMachine();

}  // namespace espalier
