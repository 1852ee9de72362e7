// Runs jobs on a Verilated grid: commands on stdin, answers on stdout; README.md describes both. It knows nothing of
// systolic arrays, only of frames that go in, lanes that are sampled, and samples that go back in.

#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "job.h"
#include "machine.h"
#include "wire.h"

int main() {
  espalier::Writer answers(espalier::takeOverStdout());
  espalier::Reader commands(STDIN_FILENO, answers);
  const std::unique_ptr<espalier::Machine> machine = espalier::makeMachine();
  espalier::greet(machine->designHash, machine->trace, machine->faultSlots, answers);

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
