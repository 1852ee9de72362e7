// What the harness knows about a design: where the ports and registers of the Verilated model lie in memory and how
// wide they are. A small generated adapter fills this in, so that everything else here is compiled once for all designs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace espalier {

// A port of the model. Verilator keeps values little-endian, so that a frame of bytes can be copied in as it is.
struct Port {
  std::uint8_t* bits = nullptr;
  std::uint32_t widthBits = 0;

  std::uint32_t bytes() const { return (widthBits + 7) / 8; }
};

// One register of every PE, in index order.
struct Plane {
  // Bytes of a value, in a trace as in the model's memory: beyond 8 they are whole 4-byte words.
  std::uint32_t bytes = 0;
  std::vector<const std::uint8_t*> registers;
};

struct FaultPorts {
  Port enable;
  Port pe;
  Port node;
  Port kind;
  Port mask;
  Port value;
  Port fired;
};

// Bytes that Verilator uses for a value of that many bits.
constexpr std::uint32_t storageBytes(std::uint32_t widthBits) {
  return widthBits <= 8    ? 1
         : widthBits <= 16 ? 2
         : widthBits <= 32 ? 4
         : widthBits <= 64 ? 8
                           : (widthBits + 31) / 32 * 4;
}

// Port and design disagree at compile time rather than at run time: the emitted Verilog and the adapter have one source.
template <std::uint32_t widthBits, typename Storage>
Port bindPort(Storage& storage) {
  static_assert(sizeof(Storage) == storageBytes(widthBits), "the port has another width than the design");
  return Port{reinterpret_cast<std::uint8_t*>(&storage), widthBits};
}

template <std::uint32_t bytes, typename Storage>
const std::uint8_t* bindRegister(const Storage& storage) {
  static_assert(sizeof(Storage) == bytes, "the register has another width than the design");
  return reinterpret_cast<const std::uint8_t*>(&storage);
}

// A Verilated model with its ports laid open.
class Machine {
 public:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  virtual ~Machine() = default;

  virtual void eval() = 0;
  // Whether the model has run into $finish.
  virtual bool finished() const = 0;
  // Waveforms exist in trace builds only; elsewhere opening one fails.
  virtual bool openVcd(const std::string& path) = 0;
  virtual void dumpVcd(std::uint64_t time) = 0;
  virtual void closeVcd() = 0;

  std::string designHash;
  bool trace = false;
  Port clock;
  Port reset;
  Port enable;
  std::vector<Port> inputs;
  // Index in `inputs` of the port that takes samples back in.
  std::uint32_t returnPort = 0;
  Port output;
  // Bytes of one lane of the output and of the return port.
  std::uint32_t laneBytes = 0;
  std::uint32_t faultSlots = 0;
  FaultPorts fault;
  std::vector<Plane> planes;
};

// Defined by the generated adapter.
std::unique_ptr<Machine> makeMachine();

}  // namespace espalier
