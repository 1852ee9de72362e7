// A stretch of cycles as it arrives: input frames, what to sample, and which samples return.
#pragma once

#include <cstdint>
#include <vector>

#include "machine.h"

namespace espalier {

struct Segment {
  std::uint64_t firstCycle = 0;
  std::uint32_t cycles = 0;
  // Per input port: cycles × frame bytes.
  std::vector<const std::uint8_t*> frames;
  std::uint32_t samples = 0;
  const std::uint8_t* sampleCycle = nullptr;
  const std::uint8_t* sampleLane = nullptr;
  std::uint32_t returns = 0;
  const std::uint8_t* returnCycle = nullptr;
  const std::uint8_t* returnLane = nullptr;
  const std::uint8_t* returnSample = nullptr;
};

// Element of an int32 array that may lie at any address.
std::uint32_t at(const std::uint8_t* array, std::uint32_t index);

// Read a segment and check everything that the hot loop then relies on; the result points into `payload`.
// `samplesBefore` and `cyclesBefore` are what the job has taken and run so far.
void parseSegment(const std::vector<std::uint8_t>& payload, const Machine& machine, std::uint64_t samplesBefore,
                  std::uint64_t cyclesBefore, Segment& segment);

}  // namespace espalier
