#include "segment.h"

#include <cstring>
#include <string>

#include "wire.h"

namespace espalier {

namespace {

constexpr std::uint32_t kIndexBytes = 4;

void checkOrder(const std::uint8_t* cycleOf, std::uint32_t count, std::uint32_t cycles, const char* what) {
  std::uint32_t last = 0;
  for (std::uint32_t n = 0; n < count; ++n) {
    const std::uint32_t cycle = at(cycleOf, n);
    if (cycle < last) reject(std::string(what) + " are not sorted by cycle");
    if (cycle >= cycles) reject(std::string(what) + " lie outside the segment");
    last = cycle;
  }
}

void checkLanes(const std::uint8_t* laneOf, std::uint32_t count, std::uint32_t lanes, const char* what) {
  for (std::uint32_t n = 0; n < count; ++n) {
    if (at(laneOf, n) >= lanes) {
      reject(std::string(what) + " name lane " + std::to_string(at(laneOf, n)) + " of " + std::to_string(lanes));
    }
  }
}

// Verilated code relies on the bits above a port's width being zero.
void checkPadding(const std::uint8_t* frames, const Port& port, std::uint32_t cycles) {
  const std::uint32_t used = port.widthBits % 8;
  if (used == 0) return;
  const std::uint32_t bytes = port.bytes();
  for (std::uint32_t cycle = 0; cycle < cycles; ++cycle) {
    if (frames[std::uint64_t{cycle} * bytes + bytes - 1] >> used) reject("a frame has bits beyond its port");
  }
}

// A value can return in the cycle in which it is sampled, and later; never before.
void checkReturns(const Segment& segment, std::uint64_t samplesBefore) {
  std::uint64_t known = samplesBefore;
  std::uint32_t taken = 0;
  for (std::uint32_t n = 0; n < segment.returns; ++n) {
    while (taken < segment.samples && at(segment.sampleCycle, taken) <= at(segment.returnCycle, n)) {
      ++taken;
      ++known;
    }
    if (at(segment.returnSample, n) >= known) {
      reject("sample " + std::to_string(at(segment.returnSample, n)) + " returns before it is taken");
    }
  }
}

}  // namespace

std::uint32_t at(const std::uint8_t* array, std::uint32_t index) {
  std::uint32_t value = 0;
  std::memcpy(&value, array + std::uint64_t{index} * kIndexBytes, kIndexBytes);
  return value;
}

void parseSegment(const std::vector<std::uint8_t>& payload, const Machine& machine, std::uint64_t samplesBefore,
                  std::uint64_t cyclesBefore, Segment& segment) {
  Fields fields(payload, "a segment");
  segment.firstCycle = fields.u64();
  segment.cycles = fields.u32();
  segment.samples = fields.u32();
  segment.returns = fields.u32();
  if (fields.u32() != 0) reject("a segment's reserved field is not zero");
  if (segment.firstCycle != cyclesBefore) {
    reject("a segment starts at cycle " + std::to_string(segment.firstCycle) + " instead of " +
           std::to_string(cyclesBefore));
  }
  segment.frames.clear();
  for (const Port& port : machine.inputs) {
    segment.frames.push_back(fields.take(std::uint64_t{segment.cycles} * port.bytes()));
  }
  const auto indices = [&fields](std::uint32_t count) { return fields.take(std::uint64_t{count} * kIndexBytes); };
  segment.sampleCycle = indices(segment.samples);
  segment.sampleLane = indices(segment.samples);
  segment.returnCycle = indices(segment.returns);
  segment.returnLane = indices(segment.returns);
  segment.returnSample = indices(segment.returns);
  fields.finish();

  for (std::size_t port = 0; port < machine.inputs.size(); ++port) {
    checkPadding(segment.frames[port], machine.inputs[port], segment.cycles);
  }
  checkOrder(segment.sampleCycle, segment.samples, segment.cycles, "samples");
  checkOrder(segment.returnCycle, segment.returns, segment.cycles, "returns");
  checkLanes(segment.sampleLane, segment.samples, machine.output.bytes() / machine.laneBytes, "samples");
  checkLanes(segment.returnLane, segment.returns, machine.inputs[machine.returnPort].bytes() / machine.laneBytes,
             "returns");
  checkReturns(segment, samplesBefore);
}

}  // namespace espalier
