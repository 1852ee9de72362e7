// The framing on stdin and stdout; README.md describes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

constexpr std::uint32_t kProtocolVersion = 1;
// A length beyond this is a broken message, not a job.
constexpr std::uint64_t kMaxPayloadBytes = std::uint64_t{1} << 31;

enum class Command : std::uint32_t { reset = 1, segment = 2, end = 3 };
enum class Answer : std::uint32_t { progress = 101, registers = 102, samples = 103, fired = 104, access = 105, beats = 106 };

// Say on stderr what was wrong with the input and leave with exit code 3.
[[noreturn]] void reject(const std::string& what);

// Buffered output to a file descriptor.
class Writer {
 public:
  explicit Writer(int descriptor) : descriptor_(descriptor) {}

  void bytes(const void* data, std::size_t count);
  void message(Answer kind, const void* payload, std::size_t count);
  void flush();

 private:
  void writeThrough(const std::uint8_t* data, std::size_t count);

  int descriptor_;
  std::vector<std::uint8_t> buffer_;
};

// Keep stdout for the answers and send to stderr what the Verilog prints ($display); returns the descriptor of the answers.
int takeOverStdout();

// Say who is talking: the design, whether it is a trace build, how many fault slots it has.
void greet(std::string designHash, bool trace, std::uint32_t faultSlots, Writer& answers);

// Buffered input. Before it waits for more it flushes the writer, so that the other side never waits for an answer
// that lies in a buffer here.
class Reader {
 public:
  Reader(int descriptor, Writer& answers) : descriptor_(descriptor), answers_(answers) {}

  // False at the end of the input; an end in the middle of a message is rejected.
  bool header(std::uint32_t& kind, std::uint64_t& payloadBytes);
  void payload(std::vector<std::uint8_t>& into, std::uint64_t count);

 private:
  // Bytes read; fewer than `count` only at the end of the input.
  std::size_t read(std::uint8_t* into, std::size_t count);
  std::size_t readSome(std::uint8_t* into, std::size_t count);

  int descriptor_;
  Writer& answers_;
  std::vector<std::uint8_t> buffer_;
  std::size_t position_ = 0;
};

// A payload read field by field; running past its end is rejected.
class Fields {
 public:
  Fields(const std::vector<std::uint8_t>& payload, const char* what)
      : next_(payload.data()), left_(payload.size()), what_(what) {}

  std::uint32_t u32();
  std::uint64_t u64();
  const std::uint8_t* take(std::uint64_t count);
  // Everything must have been read.
  void finish() const;

 private:
  const std::uint8_t* next_;
  std::uint64_t left_;
  const char* what_;
};

}  // namespace espalier
