// One job on the machine: reset, segments of cycles, and what they leave behind.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "faults.h"
#include "machine.h"
#include "segment.h"
#include "wire.h"

namespace espalier {

class Job {
 public:
  Job(Machine& machine, Writer& answers);

  // Clear the machine and start a job with the faults, trace and waveform that the message asks for.
  void reset(const std::vector<std::uint8_t>& payload);
  // Run a segment; answers with registers (when tracing) and samples.
  void run(const std::vector<std::uint8_t>& payload);
  // Close the job; answers with the cycles in which each fault slot fired.
  void end();

 private:
  template <bool tracing>
  void cycles(const Segment& segment);
  void clearMachine();
  void takeRegisters();
  void sendRegisters();
  void edge();
  void edgeInWaveform(std::uint64_t cycle);
  void reportProgress(std::uint64_t cycle);

  Machine& machine_;
  Writer& answers_;
  FaultSlots faults_;
  Segment segment_;
  bool open_ = false;
  bool tracing_ = false;
  bool waveform_ = false;
  std::uint64_t cyclesDone_ = 0;
  // All samples of the job: later segments may send them back in.
  std::vector<std::uint8_t> samples_;
  std::vector<std::uint8_t> registers_;
  std::uint32_t registerBytes_ = 0;
  std::chrono::steady_clock::time_point lastSign_;
};

}  // namespace espalier
