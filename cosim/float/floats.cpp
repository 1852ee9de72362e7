// Runs blocks of pairs through the Verilog and the compiler's floating point.
//
//   floats run UNIT multiply|add SEED FIRST_BLOCK BLOCKS   one line per block: block <number> <digest of the results>
//   floats dump UNIT multiply|add SEED BLOCK               one line per pair: <x> <y> <Verilog> <compiler, or ->
//   floats pipes SEED CYCLES                               pipelined modules against combinational ones
//
// SEED is a number, or `all` for every pair of a small format. The first pair of a run on which Verilog and compiler
// differ is reported (differ <number> <x> <y> <Verilog> <compiler>) and makes the exit code 1. A run closes with
// `time <pairs> <ns in Verilog> <ns in all>`.

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "Vfloats.h"
#include "Vfloats___024root.h"
#include "operands.h"
#include "reference.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {

constexpr uint32_t LANES = 4096;

class Unit {
public:
    Unit(Format operand, Format result) : operand{operand}, result{result} {}
    virtual ~Unit() = default;
    virtual void put(uint32_t lane, Pair pair) = 0;
    virtual uint64_t get(uint32_t lane) const = 0;

    const Format operand;
    const Format result;
};

template <typename Array>
class ArrayUnit final : public Unit {
public:
    ArrayUnit(Format operand, Format result, Array& x, Array& y, Array& results)
        : Unit{operand, result}, x_{x}, y_{y}, results_{results} {}
    void put(uint32_t lane, Pair pair) override {
        x_[lane] = pair.x;
        y_[lane] = pair.y;
    }
    uint64_t get(uint32_t lane) const override { return results_[lane]; }

private:
    Array &x_, &y_, &results_;
};

template <typename Array>
std::unique_ptr<Unit> makeUnit(Format operand, Format result, Array& x, Array& y, Array& results) {
    return std::make_unique<ArrayUnit<Array>>(operand, result, x, y, results);
}

// Generated: defines makeUnits, which gives the unit of a number.
#include "units.h"

using Clock = std::chrono::steady_clock;

[[noreturn]] void refuse(const std::string& what) {
    std::fprintf(stderr, "floats: %s\n", what.c_str());
    std::exit(2);
}

struct Block {
    Pair pairs[LANES];
    uint64_t results[LANES];
};

class Bench {
public:
    Bench(uint32_t number, bool add, const std::string& seed)
        : number_{number}, add_{add}, unit_{makeUnitOf(model_.rootp, number)},
          terms_{unit_->operand}, all_{seed == "all"} {
        if (add) terms_ = unit_->result;
        operands_ = std::make_unique<Operands>(terms_, unit_->result, all_ ? 0 : uint32_t(std::stoul(seed)));
        const Reference reference = findReference(unit_->operand, unit_->result);
        reference_ = add ? reference.add : reference.multiply;
        model_.add_i = add;
        model_.eval();
    }

    void compute(uint32_t block, Block& out) {
        for (uint32_t lane = 0; lane < LANES; ++lane) {
            out.pairs[lane] = draw(block * LANES + lane);
            unit_->put(lane, out.pairs[lane]);
        }
        const auto start = Clock::now();
        model_.clk_i = uint32_t{1} << number_;
        model_.eval();
        verilogTime_ += Clock::now() - start;
        for (uint32_t lane = 0; lane < LANES; ++lane) out.results[lane] = unit_->get(lane);
        model_.clk_i = 0;
        model_.eval();
    }

    bool hasReference() const { return reference_ != nullptr; }
    uint64_t reference(Pair pair) const { return reference_(pair.x, pair.y); }
    double verilogNs() const { return std::chrono::duration<double, std::nano>(verilogTime_).count(); }

private:
    Vfloats model_;
    uint32_t number_;
    bool add_;
    std::unique_ptr<Unit> unit_;
    Format terms_;
    bool all_;
    std::unique_ptr<Operands> operands_;
    Operation reference_;
    Clock::duration verilogTime_{};

    static std::unique_ptr<Unit> makeUnitOf(Vfloats___024root* root, uint32_t number) {
        std::unique_ptr<Unit> unit = makeUnits(root, number);
        if (!unit) refuse("no such unit");
        return unit;
    }

    Pair draw(uint32_t number) const {
        if (!all_) return operands_->draw(number);
        const uint32_t mask = (uint32_t{1} << terms_.width()) - 1;
        return {number >> terms_.width() & mask, number & mask};
    }
};

int runBlocks(Bench& bench, uint32_t first, uint32_t blocks) {
    const auto block = std::make_unique<Block>();
    const auto start = Clock::now();
    bool differs = false;
    for (uint32_t number = first; number < first + blocks; ++number) {
        bench.compute(number, *block);
        Digest digest;
        for (uint32_t lane = 0; lane < LANES; ++lane) {
            const uint64_t result = block->results[lane];
            digest.add(result);
            if (differs || !bench.hasReference()) continue;
            const uint64_t expected = bench.reference(block->pairs[lane]);
            if (result == expected) continue;
            differs = true;
            const Pair pair = block->pairs[lane];
            std::printf("differ %" PRIu32 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", number * LANES + lane,
                        pair.x, pair.y, result, expected);
        }
        std::printf("block %" PRIu32 " %016" PRIx64 "\n", number, digest.value());
    }
    const double ns = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
    std::printf("time %" PRIu32 " %.0f %.0f\n", blocks * LANES, bench.verilogNs(), ns);
    return differs ? 1 : 0;
}

int dump(Bench& bench, uint32_t number) {
    const auto block = std::make_unique<Block>();
    bench.compute(number, *block);
    for (uint32_t lane = 0; lane < LANES; ++lane) {
        const Pair pair = block->pairs[lane];
        std::printf("%" PRIx64 " %" PRIx64 " %" PRIx64, pair.x, pair.y, block->results[lane]);
        if (bench.hasReference()) std::printf(" %" PRIx64 "\n", bench.reference(pair));
        else std::printf(" -\n");
    }
    return 0;
}

// Random operands, a stall in one cycle of four, a reset now and then.
int runPipes(uint32_t seed, uint32_t cycles) {
    Vfloats model;
    const Operands factors{{8, 7}, {8, 23}, seed}, terms{{8, 23}, {8, 23}, seed + 1};
    model.pipes_rst_i = 1;
    model.eval();
    for (uint32_t cycle = 0; cycle < cycles; ++cycle) {
        const Pair ab = factors.draw(cycle + 4096), xy = terms.draw(cycle + 4096);
        model.pipes_a_i = ab.x;
        model.pipes_b_i = ab.y;
        model.pipes_x_i = xy.x;
        model.pipes_y_i = xy.y;
        model.pipes_en_i = cycle * 0x9e3779b1u >> 30 != 0;
        model.pipes_clk_i = 1;
        model.eval();
        if (model.pipes_wrong_o) {
            std::printf("wrong in cycle %" PRIu32 "\n", cycle);
            return 1;
        }
        model.pipes_clk_i = 0;
        model.pipes_rst_i = cycle % 1000 == 999;
        model.eval();
    }
    std::printf("right in %" PRIu32 " cycles\n", cycles);
    return 0;
}

}  // namespace

int main(int count, char** args) {
    const std::string command = count > 1 ? args[1] : "";
    if (command == "pipes" && count == 4) return runPipes(std::stoul(args[2]), std::stoul(args[3]));
    if (!(command == "run" && count == 7) && !(command == "dump" && count == 6)) refuse("wrong arguments");
    Bench bench{uint32_t(std::stoul(args[2])), std::string{args[3]} == "add", args[4]};
    const uint32_t first = std::stoul(args[5]);
    return command == "run" ? runBlocks(bench, first, std::stoul(args[6])) : dump(bench, first);
}
