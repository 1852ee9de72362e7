// Clocks a top module: brings beats to its input stream, takes those of its output stream, reads and writes registers,
// with random stalls on all of them, and watches over the rules of the protocols.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "top-machine.h"

namespace espalier {

// Beats one after the other: data and keep in whole bytes each, last in one byte.
struct Beats {
  std::vector<std::uint8_t> data;
  std::vector<std::uint8_t> keep;
  std::vector<std::uint8_t> last;
};

// How often each side waits, of 65536 clocks.
struct Stalls {
  std::uint64_t seed = 0;
  std::uint32_t in = 0;
  std::uint32_t out = 0;
  std::uint32_t registers = 0;
  // In so many clocks after the reset the other side may break the rules: beats that wait are withdrawn, or become
  // others; addresses and data of writes show for a clock, alone or together; and answers to accesses are left
  // where they are.
  std::uint32_t breachClocks = 0;
};

struct Access {
  std::uint32_t response = 0;
  std::uint32_t data = 0;
};

class TopBench {
 public:
  explicit TopBench(TopMachine& machine);

  // Reset the module and forget all beats.
  void reset(const Stalls& stalls);
  Access write(std::uint32_t address, std::uint32_t data, std::uint32_t strobe);
  Access read(std::uint32_t address);
  // Put beats behind those that wait to go in.
  void send(const std::uint8_t* data, const std::uint8_t* keep, const std::uint8_t* last, std::size_t count);
  // Run until so many packets are there, no stream has moved for `quiet` clocks, or `most` clocks are over.
  void run(std::uint32_t packets, std::uint64_t quiet, std::uint64_t most, const std::function<void()>& alive);

  // What has come out since the last take(), and the clocks since the reset.
  const Beats& received() const { return received_; }
  void take();
  std::uint64_t clocks() const { return clocks_; }
  std::uint64_t waiting() const { return last_.size() - next_; }

 private:
  bool stalls(std::uint32_t of65536);
  void clock();
  void driveStreams();
  void driveStrayWrites();
  bool givesUp();
  void takeIn();
  void takeOut();
  void watch(const StreamPorts& port);

  TopMachine& machine_;
  Stalls stalls_;
  std::uint64_t random_ = 1;
  std::uint64_t clocks_ = 0;
  std::uint64_t lastMove_ = 0;
  std::size_t dataBytes_;
  std::size_t keepBytes_;
  // Beats that wait to go in, from `next_` on.
  std::vector<std::uint8_t> data_;
  std::vector<std::uint8_t> keep_;
  std::vector<std::uint8_t> last_;
  std::size_t next_ = 0;
  bool offering_ = false;
  bool writing_ = false;
  // Answers to accesses that were given up, which come before those of others.
  std::uint32_t oldWriteAnswers_ = 0;
  std::uint32_t oldReadAnswers_ = 0;
  Beats received_;
  std::uint32_t packets_ = 0;
  // The beat that was offered and not taken in the clock before.
  bool held_ = false;
  std::vector<std::uint8_t> heldBeat_;
};

}  // namespace espalier
