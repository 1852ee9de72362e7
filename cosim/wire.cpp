#include "wire.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace espalier {

namespace {
constexpr std::size_t kBufferBytes = std::size_t{1} << 16;
constexpr int kMalformedExit = 3;
constexpr char kMagic[8] = {'E', 'S', 'P', 'A', 'L', 'I', 'E', 'R'};
constexpr std::size_t kHashBytes = 16;
}  // namespace

void reject(const std::string& what) {
  std::fprintf(stderr, "espalier harness: %s\n", what.c_str());
  // Not exit(): destructors of the model must not run in the middle of a job.
  std::_Exit(kMalformedExit);
}

void Writer::bytes(const void* data, std::size_t count) {
  const auto* source = static_cast<const std::uint8_t*>(data);
  if (buffer_.size() + count > kBufferBytes) {
    flush();
    if (count > kBufferBytes) {
      writeThrough(source, count);
      return;
    }
  }
  buffer_.insert(buffer_.end(), source, source + count);
}

void Writer::message(Answer kind, const void* payload, std::size_t count) {
  const std::uint32_t kindField[2] = {static_cast<std::uint32_t>(kind), 0};
  const std::uint64_t lengthField = count;
  bytes(kindField, sizeof kindField);
  bytes(&lengthField, sizeof lengthField);
  bytes(payload, count);
}

void Writer::flush() {
  writeThrough(buffer_.data(), buffer_.size());
  buffer_.clear();
}

void Writer::writeThrough(const std::uint8_t* data, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(descriptor_, data, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      reject(std::string("cannot write the answer: ") + std::strerror(errno));
    }
    data += written;
    count -= static_cast<std::size_t>(written);
  }
}

int takeOverStdout() {
  const int answers = ::dup(STDOUT_FILENO);
  if (answers < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) reject("cannot set up stdout");
  return answers;
}

void greet(std::string designHash, bool trace, std::uint32_t faultSlots, Writer& answers) {
  designHash.resize(kHashBytes, '\0');
  const std::uint32_t facts[4] = {kProtocolVersion, trace ? 1u : 0u, faultSlots, 0};
  answers.bytes(kMagic, sizeof kMagic);
  answers.bytes(designHash.data(), kHashBytes);
  answers.bytes(facts, sizeof facts);
  answers.flush();
}

bool Reader::header(std::uint32_t& kind, std::uint64_t& payloadBytes) {
  std::uint8_t raw[16];
  const std::size_t got = read(raw, sizeof raw);
  if (got == 0) return false;
  if (got < sizeof raw) reject("the input ends inside a message header");
  std::uint32_t reserved = 0;
  std::memcpy(&kind, raw, 4);
  std::memcpy(&reserved, raw + 4, 4);
  std::memcpy(&payloadBytes, raw + 8, 8);
  if (reserved != 0) reject("the input is not a message: reserved field is " + std::to_string(reserved));
  if (payloadBytes > kMaxPayloadBytes) {
    reject("a message of " + std::to_string(payloadBytes) + " bytes is longer than the limit of " +
           std::to_string(kMaxPayloadBytes));
  }
  return true;
}

void Reader::payload(std::vector<std::uint8_t>& into, std::uint64_t count) {
  into.resize(count);
  const std::size_t got = read(into.data(), count);
  if (got < count) {
    reject("the input ends after " + std::to_string(got) + " of " + std::to_string(count) + " bytes of a message");
  }
}

std::size_t Reader::read(std::uint8_t* into, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    if (position_ < buffer_.size()) {
      const std::size_t step = std::min(count - done, buffer_.size() - position_);
      std::memcpy(into + done, buffer_.data() + position_, step);
      position_ += step;
      done += step;
      continue;
    }
    // Long payloads go straight to their place.
    if (count - done >= kBufferBytes) {
      const std::size_t got = readSome(into + done, count - done);
      if (got == 0) break;
      done += got;
      continue;
    }
    buffer_.resize(kBufferBytes);
    buffer_.resize(readSome(buffer_.data(), kBufferBytes));
    position_ = 0;
    if (buffer_.empty()) break;
  }
  return done;
}

std::size_t Reader::readSome(std::uint8_t* into, std::size_t count) {
  answers_.flush();
  for (;;) {
    const ssize_t got = ::read(descriptor_, into, count);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) reject(std::string("cannot read the input: ") + std::strerror(errno));
  }
}

std::uint32_t Fields::u32() {
  std::uint32_t value = 0;
  std::memcpy(&value, take(sizeof value), sizeof value);
  return value;
}

std::uint64_t Fields::u64() {
  std::uint64_t value = 0;
  std::memcpy(&value, take(sizeof value), sizeof value);
  return value;
}

const std::uint8_t* Fields::take(std::uint64_t count) {
  if (count > left_) reject(std::string(what_) + " is shorter than its fields say");
  const std::uint8_t* start = next_;
  next_ += count;
  left_ -= count;
  return start;
}

void Fields::finish() const {
  if (left_ != 0) reject(std::string(what_) + " has " + std::to_string(left_) + " bytes too many");
}

}  // namespace espalier
