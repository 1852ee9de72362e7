#include "top-bench.h"

#include <algorithm>
#include <cstring>

#include "wire.h"

namespace espalier {

namespace {

constexpr std::uint64_t kAccessClocks = 100000;
// Writes that the module does ahead of answers that nobody takes.
constexpr std::uint32_t kMostOwed = 15;
constexpr std::uint64_t kAliveEvery = 4096;

bool isSet(const Port& port) { return *port.bits != 0; }
void set(const Port& port, bool value) { *port.bits = value ? 1 : 0; }

void setWord(const Port& port, std::uint32_t value) { std::memcpy(port.bits, &value, port.bytes()); }

std::uint32_t word(const Port& port) {
  std::uint32_t value = 0;
  std::memcpy(&value, port.bits, port.bytes());
  return value;
}

// One side of a transfer that is under way: it waits at random before it shows itself, then stays until it is met.
struct Side {
  const Port& mine;
  const Port& other;
  bool met = false;

  void show(bool stalls) {
    if (!met && !isSet(mine) && !stalls) set(mine, true);
  }
  bool meets() const { return isSet(mine) && isSet(other); }
  void settle() {
    met = true;
    set(mine, false);
  }
};

}  // namespace

TopBench::TopBench(TopMachine& machine)
    : machine_(machine), dataBytes_(machine.in.data.bytes()), keepBytes_(machine.in.keep.bytes()) {}

void TopBench::reset(const Stalls& stalls) {
  stalls_ = stalls;
  // Any seed will do but zero, on which this generator stands still.
  random_ = stalls.seed * 2 + 1;
  const RegisterPorts& registers = machine_.registers;
  for (const Port& port : {registers.writeAddressValid, registers.writeDataValid, registers.writeResponseReady,
                           registers.readAddressValid, registers.readDataReady, machine_.in.valid,
                           machine_.out.ready}) {
    set(port, false);
  }
  data_.clear();
  keep_.clear();
  last_.clear();
  next_ = 0;
  offering_ = false;
  writing_ = false;
  oldWriteAnswers_ = 0;
  oldReadAnswers_ = 0;
  take();
  packets_ = 0;
  held_ = false;
  set(machine_.resetN, false);
  set(machine_.clock, false);
  machine_.eval();
  for (int n = 0; n < 2; ++n) {
    set(machine_.clock, true);
    machine_.eval();
    set(machine_.clock, false);
    machine_.eval();
  }
  set(machine_.resetN, true);
  clocks_ = 0;
  lastMove_ = 0;
}

Access TopBench::write(std::uint32_t address, std::uint32_t data, std::uint32_t strobe) {
  const RegisterPorts& ports = machine_.registers;
  Side addressSide{ports.writeAddressValid, ports.writeAddressReady};
  Side dataSide{ports.writeDataValid, ports.writeDataReady};
  bool held = false;
  std::uint32_t heldResponse = 0;
  writing_ = true;
  // Where rules are broken, some wait for the answer only when the write has been taken.
  const bool isEager = clocks_ >= stalls_.breachClocks || oldWriteAnswers_ >= kMostOwed || stalls(0x8000);
  set(ports.writeAddressValid, false);
  set(ports.writeDataValid, false);
  // What shows of a stray write is over first.
  if (stalls_.breachClocks > 0) clock();
  setWord(ports.writeAddress, address);
  setWord(ports.writeData, data);
  setWord(ports.writeStrobe, strobe);
  for (std::uint64_t n = 0; n < kAccessClocks; ++n) {
    addressSide.show(stalls(stalls_.registers));
    dataSide.show(stalls(stalls_.registers));
    const bool expects = isEager || (addressSide.met && dataSide.met);
    set(ports.writeResponseReady, expects && !stalls(stalls_.registers));
    const bool takesAddress = addressSide.meets();
    const bool takesData = dataSide.meets();
    const bool answers = isSet(ports.writeResponseValid);
    const std::uint32_t response = word(ports.writeResponse);
    const bool isOld = oldWriteAnswers_ > 0;
    if (answers && !isOld && !(addressSide.met && dataSide.met)) reject("s_axil_bvalid comes before the write");
    if (held && (!answers || response != heldResponse)) reject("s_axil_bvalid or bresp changes before s_axil_bready");
    const bool taken = answers && isSet(ports.writeResponseReady);
    held = answers && !taken;
    heldResponse = response;
    clock();
    if (takesAddress) addressSide.settle();
    if (takesData) dataSide.settle();
    if (taken && isOld) --oldWriteAnswers_;
    const bool done = taken && !isOld;
    const bool leaves = !done && addressSide.met && dataSide.met && givesUp();
    if (leaves) ++oldWriteAnswers_;
    if (done || leaves) {
      set(ports.writeResponseReady, false);
      writing_ = false;
      return {response, 0};
    }
  }
  reject("a write to register " + std::to_string(address) + " is not answered");
}

Access TopBench::read(std::uint32_t address) {
  const RegisterPorts& ports = machine_.registers;
  Side addressSide{ports.readAddressValid, ports.readAddressReady};
  bool held = false;
  Access before;
  setWord(ports.readAddress, address);
  for (std::uint64_t n = 0; n < kAccessClocks; ++n) {
    addressSide.show(stalls(stalls_.registers));
    set(ports.readDataReady, !stalls(stalls_.registers));
    const bool takesAddress = addressSide.meets();
    const bool answers = isSet(ports.readDataValid);
    const Access access{word(ports.readResponse), word(ports.readData)};
    const bool isOld = oldReadAnswers_ > 0;
    if (answers && !isOld && !addressSide.met) reject("s_axil_rvalid comes before the read");
    if (held && (!answers || access.response != before.response || access.data != before.data)) {
      reject("s_axil_rvalid, rdata or rresp changes before s_axil_rready");
    }
    const bool taken = answers && isSet(ports.readDataReady);
    held = answers && !taken;
    before = access;
    clock();
    if (takesAddress) addressSide.settle();
    if (taken && isOld) --oldReadAnswers_;
    const bool done = taken && !isOld;
    const bool leaves = !done && addressSide.met && givesUp();
    if (leaves) ++oldReadAnswers_;
    if (done || leaves) {
      set(ports.readDataReady, false);
      return access;
    }
  }
  reject("a read of register " + std::to_string(address) + " is not answered");
}

void TopBench::send(const std::uint8_t* data, const std::uint8_t* keep, const std::uint8_t* last, std::size_t count) {
  if (next_ == last_.size()) {
    data_.clear();
    keep_.clear();
    last_.clear();
    next_ = 0;
  }
  data_.insert(data_.end(), data, data + count * dataBytes_);
  keep_.insert(keep_.end(), keep, keep + count * keepBytes_);
  last_.insert(last_.end(), last, last + count);
}

void TopBench::run(std::uint32_t packets, std::uint64_t quiet, std::uint64_t most,
                   const std::function<void()>& alive) {
  lastMove_ = clocks_;
  for (std::uint64_t n = 0; n < most && packets_ < packets && clocks_ - lastMove_ < quiet; ++n) {
    clock();
    if (n % kAliveEvery == kAliveEvery - 1) alive();
  }
}

void TopBench::take() {
  received_ = Beats{};
  packets_ = 0;
}

// xorshift64*: every clock has its own bits.
bool TopBench::stalls(std::uint32_t of65536) {
  if (of65536 == 0) return false;
  random_ ^= random_ >> 12;
  random_ ^= random_ << 25;
  random_ ^= random_ >> 27;
  return (random_ * 0x2545f4914f6cdd1dull >> 48) < of65536;
}

// All outputs are registers: what they show before the edge does not hang on what is driven now.
void TopBench::clock() {
  driveStreams();
  driveStrayWrites();
  watch(machine_.out);
  const bool goesIn = isSet(machine_.in.valid) && isSet(machine_.in.ready);
  const bool comesOut = isSet(machine_.out.valid) && isSet(machine_.out.ready);
  if (comesOut) takeOut();
  set(machine_.clock, true);
  machine_.eval();
  set(machine_.clock, false);
  machine_.eval();
  ++clocks_;
  if (goesIn) takeIn();
  if (goesIn || comesOut) lastMove_ = clocks_;
}

void TopBench::driveStreams() {
  if (offering_ && clocks_ < stalls_.breachClocks && stalls(0x4000)) {
    offering_ = !stalls(0x8000);
    if (offering_) {
      machine_.in.data.bits[random_ / 8 % dataBytes_] ^= 1u << random_ % 8;
      set(machine_.in.last, !isSet(machine_.in.last));
    }
    set(machine_.in.valid, offering_);
  } else if (!offering_ && next_ < last_.size() && !stalls(stalls_.in)) {
    std::memcpy(machine_.in.data.bits, data_.data() + next_ * dataBytes_, dataBytes_);
    std::memcpy(machine_.in.keep.bits, keep_.data() + next_ * keepBytes_, keepBytes_);
    set(machine_.in.last, last_[next_] != 0);
    set(machine_.in.valid, true);
    offering_ = true;
  }
  set(machine_.out.ready, !stalls(stalls_.out));
}

void TopBench::driveStrayWrites() {
  if (writing_ || stalls_.breachClocks == 0) return;
  const RegisterPorts& ports = machine_.registers;
  const bool breaks = clocks_ < stalls_.breachClocks;
  const bool hasAddress = breaks && stalls(0x6000);
  const bool hasData = breaks && stalls(0x6000);
  set(ports.writeAddressValid, hasAddress);
  set(ports.writeDataValid, hasData);
  if (hasAddress) setWord(ports.writeAddress, random_ % 0x4000);
  if (hasData) setWord(ports.writeData, random_ % 0x10000);
  if (hasAddress && hasData && isSet(ports.writeAddressReady) && isSet(ports.writeDataReady)) ++oldWriteAnswers_;
}

// Whether an access that was begun is left unanswered.
bool TopBench::givesUp() { return clocks_ < stalls_.breachClocks && stalls(0xe000); }

void TopBench::takeIn() {
  set(machine_.in.valid, false);
  offering_ = false;
  ++next_;
}

void TopBench::takeOut() {
  const StreamPorts& port = machine_.out;
  received_.data.insert(received_.data.end(), port.data.bits, port.data.bits + dataBytes_);
  received_.keep.insert(received_.keep.end(), port.keep.bits, port.keep.bits + keepBytes_);
  received_.last.push_back(*port.last.bits);
  if (isSet(port.last)) ++packets_;
}

// A beat that has been offered stays as it is until it is taken; only the last one of a packet may have null bytes, all
// of them at its end.
void TopBench::watch(const StreamPorts& port) {
  const bool valid = isSet(port.valid);
  if (held_ && !valid) reject("m_axis_tvalid drops before m_axis_tready");
  if (!valid) return;
  std::vector<std::uint8_t> beat(port.data.bits, port.data.bits + dataBytes_);
  beat.insert(beat.end(), port.keep.bits, port.keep.bits + keepBytes_);
  beat.push_back(*port.last.bits);
  if (held_ && beat != heldBeat_) reject("m_axis changes a beat before m_axis_tready");
  bool ended = false;
  for (std::size_t n = 0; n < dataBytes_; ++n) {
    const bool kept = (port.keep.bits[n / 8] >> (n % 8) & 1) != 0;
    if (kept && ended) reject("m_axis_tkeep has a null byte before a byte that counts");
    ended = ended || !kept;
  }
  if (ended && !isSet(port.last)) reject("m_axis_tkeep has a null byte before the end of the packet");
  held_ = !isSet(port.ready);
  if (held_) heldBeat_ = std::move(beat);
}

}  // namespace espalier
