#include "job.h"

#include <cstring>

namespace espalier {

namespace {

constexpr std::uint32_t kTraceFlag = 1;
constexpr std::size_t kRegisterChunkBytes = std::size_t{1} << 18;
constexpr std::uint64_t kProgressEvery = 64;
constexpr std::chrono::milliseconds kProgressInterval{500};
// One cycle of the waveform, so that time / 10 is the cycle; its clock edge is in the middle.
constexpr std::uint64_t kCycleTime = 10;

}  // namespace

Job::Job(Machine& machine, Writer& answers) : machine_(machine), answers_(answers), faults_(machine) {
  for (const Plane& plane : machine_.planes) {
    registerBytes_ += plane.bytes * static_cast<std::uint32_t>(plane.registers.size());
  }
}

void Job::reset(const std::vector<std::uint8_t>& payload) {
  if (open_) reject("a job starts before the last one has ended");
  Fields fields(payload, "a reset");
  const std::uint32_t flags = fields.u32();
  const std::uint32_t pathBytes = fields.u32();
  const std::string path(reinterpret_cast<const char*>(fields.take(pathBytes)), pathBytes);
  clearMachine();
  faults_.load(fields);
  fields.finish();
  if (flags & ~kTraceFlag) reject("a reset has unknown flags");
  tracing_ = (flags & kTraceFlag) != 0;
  if (tracing_ && !machine_.trace) reject("registers are asked of a build without trace");
  waveform_ = !path.empty();
  if (waveform_ && !machine_.openVcd(path)) reject("cannot write the waveform " + path);
  cyclesDone_ = 0;
  samples_.clear();
  open_ = true;
}

void Job::run(const std::vector<std::uint8_t>& payload) {
  if (!open_) reject("a segment arrives outside a job");
  const std::size_t before = samples_.size();
  parseSegment(payload, machine_, before / machine_.laneBytes, cyclesDone_, segment_);
  // All room at once: the loop below only writes.
  samples_.resize(before + std::size_t{segment_.samples} * machine_.laneBytes);
  lastSign_ = std::chrono::steady_clock::now();
  if (tracing_ || waveform_) {
    cycles<true>(segment_);
  } else {
    cycles<false>(segment_);
  }
  if (machine_.finished()) reject("the model has run into $finish");
  cyclesDone_ += segment_.cycles;
  sendRegisters();
  answers_.message(Answer::samples, samples_.data() + before, samples_.size() - before);
}

void Job::end() {
  if (!open_) reject("a job ends that has not started");
  if (waveform_) {
    // The last clock edge gets its half cycle.
    machine_.dumpVcd(cyclesDone_ * kCycleTime);
    machine_.closeVcd();
  }
  open_ = false;
  answers_.message(Answer::fired, faults_.fired().data(), faults_.fired().size() * sizeof(std::uint64_t));
}

template <bool tracing>
void Job::cycles(const Segment& segment) {
  Port* const inputs = machine_.inputs.data();
  const std::size_t ports = machine_.inputs.size();
  const Port& returnPort = machine_.inputs[machine_.returnPort];
  const std::size_t laneBytes = machine_.laneBytes;
  std::uint8_t* sampleEnd = samples_.data() + samples_.size() - std::size_t{segment.samples} * laneBytes;
  std::uint32_t nextSample = 0;
  std::uint32_t nextReturn = 0;
  for (std::uint32_t n = 0; n < segment.cycles; ++n) {
    // The output is a register: it shows the value of this cycle before the inputs are known.
    for (; nextSample < segment.samples && at(segment.sampleCycle, nextSample) == n; ++nextSample) {
      std::memcpy(sampleEnd, machine_.output.bits + at(segment.sampleLane, nextSample) * laneBytes, laneBytes);
      sampleEnd += laneBytes;
    }
    for (std::size_t port = 0; port < ports; ++port) {
      const std::size_t bytes = inputs[port].bytes();
      std::memcpy(inputs[port].bits, segment.frames[port] + n * bytes, bytes);
    }
    for (; nextReturn < segment.returns && at(segment.returnCycle, nextReturn) == n; ++nextReturn) {
      std::memcpy(returnPort.bits + at(segment.returnLane, nextReturn) * laneBytes,
                  samples_.data() + at(segment.returnSample, nextReturn) * laneBytes, laneBytes);
    }
    faults_.drive(segment.firstCycle + n);
    if (tracing && waveform_) {
      edgeInWaveform(segment.firstCycle + n);
    } else {
      edge();
    }
    faults_.count();
    if (tracing && tracing_) takeRegisters();
    if (n % kProgressEvery == kProgressEvery - 1) reportProgress(segment.firstCycle + n);
  }
}

void Job::clearMachine() {
  for (const Port& port : machine_.inputs) std::memset(port.bits, 0, port.bytes());
  faults_.clear();
  *machine_.enable.bits = 1;
  *machine_.reset.bits = 1;
  // A model that has never been evaluated must see the clock low before its first edge.
  *machine_.clock.bits = 0;
  machine_.eval();
  edge();
  *machine_.reset.bits = 0;
}

// Inputs and rising edge go into one evaluation: Verilator settles what hangs on the inputs before it runs the edge.
void Job::edge() {
  *machine_.clock.bits = 1;
  machine_.eval();
  *machine_.clock.bits = 0;
  machine_.eval();
}

// A waveform shows the inputs settle in the first half of the cycle and the edge in its middle.
void Job::edgeInWaveform(std::uint64_t cycle) {
  *machine_.clock.bits = 0;
  machine_.eval();
  machine_.dumpVcd(cycle * kCycleTime);
  *machine_.clock.bits = 1;
  machine_.eval();
  machine_.dumpVcd(cycle * kCycleTime + kCycleTime / 2);
}

void Job::takeRegisters() {
  if (registers_.size() + registerBytes_ > kRegisterChunkBytes) sendRegisters();
  const std::size_t start = registers_.size();
  registers_.resize(start + registerBytes_);
  std::uint8_t* into = registers_.data() + start;
  for (const Plane& plane : machine_.planes) {
    for (const std::uint8_t* stored : plane.registers) {
      std::memcpy(into, stored, plane.bytes);
      into += plane.bytes;
    }
  }
}

void Job::sendRegisters() {
  if (registers_.empty()) return;
  answers_.message(Answer::registers, registers_.data(), registers_.size());
  registers_.clear();
}

// A sign of life in long segments, so that a slow machine is not taken for one that hangs.
void Job::reportProgress(std::uint64_t cycle) {
  const auto now = std::chrono::steady_clock::now();
  if (now - lastSign_ < kProgressInterval) return;
  lastSign_ = now;
  answers_.message(Answer::progress, &cycle, sizeof cycle);
  answers_.flush();
}

}  // namespace espalier
