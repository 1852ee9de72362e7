// Runs a Verilated top module: commands on stdin, answers on stdout; README.md describes both.

#include <unistd.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "top-bench.h"
#include "top-machine.h"
#include "wire.h"

namespace {

enum class TopCommand : std::uint32_t { reset = 11, write = 12, read = 13, send = 14, run = 15 };

constexpr std::chrono::milliseconds kProgressInterval{500};

class Commands {
 public:
  Commands(espalier::TopMachine& machine, espalier::Writer& answers)
      : machine_(machine), answers_(answers), bench_(machine) {}

  void reset(espalier::Fields& fields) {
    espalier::Stalls stalls;
    stalls.seed = fields.u64();
    stalls.in = fields.u32();
    stalls.out = fields.u32();
    stalls.registers = fields.u32();
    stalls.breachClocks = fields.u32();
    bench_.reset(stalls);
  }

  void write(espalier::Fields& fields) {
    const std::uint32_t address = fields.u32();
    const std::uint32_t data = fields.u32();
    answer(bench_.write(address, data, fields.u32()));
  }

  void read(espalier::Fields& fields) { answer(bench_.read(fields.u32())); }

  void send(espalier::Fields& fields) {
    const std::uint64_t beats = fields.u32();
    const std::uint8_t* data = fields.take(beats * machine_.in.data.bytes());
    const std::uint8_t* keep = fields.take(beats * machine_.in.keep.bytes());
    bench_.send(data, keep, fields.take(beats), beats);
  }

  void run(espalier::Fields& fields) {
    const std::uint32_t packets = fields.u32();
    const std::uint64_t quiet = fields.u64();
    const std::uint64_t most = fields.u64();
    lastSign_ = std::chrono::steady_clock::now();
    bench_.run(packets, quiet, most, [this] { reportProgress(); });
    const espalier::Beats& beats = bench_.received();
    std::vector<std::uint8_t> payload(24);
    const std::uint64_t facts[3] = {bench_.clocks(), bench_.waiting(), beats.last.size()};
    std::memcpy(payload.data(), facts, sizeof facts);
    for (const auto* part : {&beats.data, &beats.keep, &beats.last}) {
      payload.insert(payload.end(), part->begin(), part->end());
    }
    answers_.message(espalier::Answer::beats, payload.data(), payload.size());
    bench_.take();
  }

 private:
  void answer(const espalier::Access& access) {
    const std::uint32_t words[2] = {access.response, access.data};
    answers_.message(espalier::Answer::access, words, sizeof words);
  }

  void reportProgress() {
    const auto now = std::chrono::steady_clock::now();
    if (now - lastSign_ < kProgressInterval) return;
    lastSign_ = now;
    const std::uint64_t clocks = bench_.clocks();
    answers_.message(espalier::Answer::progress, &clocks, sizeof clocks);
    answers_.flush();
  }

  espalier::TopMachine& machine_;
  espalier::Writer& answers_;
  espalier::TopBench bench_;
  std::chrono::steady_clock::time_point lastSign_;
};

}  // namespace

int main() {
  espalier::Writer answers(espalier::takeOverStdout());
  espalier::Reader commands(STDIN_FILENO, answers);
  const std::unique_ptr<espalier::TopMachine> machine = espalier::makeTopMachine();
  espalier::greet(machine->designHash, false, machine->faultSlots, answers);

  Commands bench(*machine, answers);
  std::vector<std::uint8_t> payload;
  std::uint32_t kind = 0;
  std::uint64_t bytes = 0;
  while (commands.header(kind, bytes)) {
    commands.payload(payload, bytes);
    espalier::Fields fields(payload, "a command");
    switch (static_cast<TopCommand>(kind)) {
      case TopCommand::reset:
        bench.reset(fields);
        break;
      case TopCommand::write:
        bench.write(fields);
        break;
      case TopCommand::read:
        bench.read(fields);
        break;
      case TopCommand::send:
        bench.send(fields);
        break;
      case TopCommand::run:
        bench.run(fields);
        break;
      default:
        espalier::reject("unknown command " + std::to_string(kind));
    }
    fields.finish();
  }
  answers.flush();
  return 0;
}
