// Runs jobs on a Verilated grid: commands on stdin, answers on stdout; README.md describes both. It knows nothing of
// systolic arrays, only of frames that go in, lanes that are sampled, and samples that go back in.

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "job.h"
#include "machine.h"
#include "wire.h"

namespace {

constexpr char kMagic[8] = {'E', 'S', 'P', 'A', 'L', 'I', 'E', 'R'};
constexpr std::size_t kHashBytes = 16;

// Verilog may print ($display); that must not end up between the answers.
int takeOverStdout() {
  const int answers = ::dup(STDOUT_FILENO);
  if (answers < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) espalier::reject("cannot set up stdout");
  return answers;
}

void greet(const espalier::Machine& machine, espalier::Writer& answers) {
  std::string hash = machine.designHash;
  hash.resize(kHashBytes, '\0');
  const std::uint32_t facts[4] = {espalier::kProtocolVersion, machine.trace ? 1u : 0u, machine.faultSlots, 0};
  answers.bytes(kMagic, sizeof kMagic);
  answers.bytes(hash.data(), kHashBytes);
  answers.bytes(facts, sizeof facts);
  answers.flush();
}

}  // namespace

int main() {
  espalier::Writer answers(takeOverStdout());
  espalier::Reader commands(STDIN_FILENO, answers);
  const std::unique_ptr<espalier::Machine> machine = espalier::makeMachine();
  greet(*machine, answers);

  espalier::Job job(*machine, answers);
  std::vector<std::uint8_t> payload;
  std::uint32_t kind = 0;
  std::uint64_t bytes = 0;
  while (commands.header(kind, bytes)) {
    commands.payload(payload, bytes);
    switch (static_cast<espalier::Command>(kind)) {
      case espalier::Command::reset:
        job.reset(payload);
        break;
      case espalier::Command::segment:
        job.run(payload);
        break;
      case espalier::Command::end:
        if (bytes != 0) espalier::reject("an end carries no payload");
        job.end();
        break;
      default:
        espalier::reject("unknown command " + std::to_string(kind));
    }
  }
  answers.flush();
  return 0;
}
