import type { Design } from '../design/design.ts';
import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import type { FaultNode } from '../fault/fault.ts';
import type { EdgeFeed } from './edge-feed.ts';
import type { IdleSteps } from './idle-steps.ts';
import { applyFaults, type NodeFaults } from './node-faults.ts';
import type { OperandTrace } from './operand-trace.ts';
import type { SumTrace } from './sum-trace.ts';
import type { Turns } from './turns.ts';

/** How many cycles of counting pass between two looks at the clock. */
const CYCLES_PER_LOOK = 4096;

/** What values are traced with. */
export interface Traces {
  readonly design: Design;
  readonly arithmetic: Arithmetic<Value>;
  readonly feed: EdgeFeed;
  readonly operands: OperandTrace;
  readonly sums: SumTrace;
  readonly idle: IdleSteps;
  readonly faults: NodeFaults;
}

/** Count for each of `count` faults the cycles, of the job's `cycles`, in which it changed its node. */
export async function countFired(traces: Traces, count: number, cycles: number, turns: Turns): Promise<number[]> {
  const fired = new Array<number>(count).fill(0);
  for (const [node, byPe] of traces.faults) {
    for (const [pe, faults] of byPe) {
      const first = Math.min(...faults.map(({ drive }) => drive.firstCycle));
      const last = Math.min(cycles - 1, Math.max(...faults.map(({ drive }) => drive.lastCycle)));
      const inputs = nodeInputs(traces, node, pe);
      for (let cycle = 0; cycle <= last; cycle++) {
        if (cycle % CYCLES_PER_LOOK === 0 && turns.due) await turns.take();
        let value = inputs(cycle, cycle >= first);
        if (cycle < first) continue;
        for (const { drive, number, apply } of faults) {
          if (cycle < drive.firstCycle || cycle > drive.lastCycle) continue;
          const after = apply(value);
          if (!Object.is(after, value)) fired[number]!++;
          value = after;
        }
      }
    }
  }
  return fired;
}

/** Tells what enters a node in a cycle; called for every cycle in turn, but the value counts only where `needed`. */
type NodeInputs = (cycle: number, needed: boolean) => Value;

function nodeInputs(traces: Traces, node: FaultNode, pe: number): NodeInputs {
  const { design, arithmetic, operands, sums } = traces;
  const whenNeeded =
    (input: (cycle: number) => Value): NodeInputs =>
    (cycle, needed) =>
      needed ? input(cycle) : arithmetic.zero;
  switch (node) {
    case 'a':
    case 'b': {
      const { network } = design.lines[node];
      if (!network) return heldOperand(traces, node, pe);
      return whenNeeded((cycle) => operands.arriving(node, network, pe, cycle));
    }
    case 'a_out':
      return whenNeeded((cycle) => operands.register('a', pe, cycle - 1));
    case 'b_out':
      return whenNeeded((cycle) => operands.register('b', pe, cycle - 1));
    case 'p': {
      const { multiplierStages } = design.spec;
      return whenNeeded((cycle) => operands.productAt(pe, cycle - multiplierStages));
    }
    case 'c': {
      // Register c takes a sum some cycles after it entered the adder.
      const delay = design.pipeline.adderLatency;
      if (!design.lines.c.network) return delayed(heldSum(traces, node, pe), delay, arithmetic.zero);
      return whenNeeded((cycle) => (cycle < delay ? arithmetic.zero : sums.passing(node, pe, cycle - delay)));
    }
    case 'c_in':
      if (!design.lines.c.network) return heldSum(traces, node, pe);
      return whenNeeded((cycle) => sums.passing(node, pe, cycle));
    case 'first':
    case 'last':
    case 's':
      throw new Error(`the closed form does not cover faults of ${node}`);
  }
}

/** What entered so many cycles before; `input` is asked for every cycle in turn. */
function delayed(input: NodeInputs, cycles: number, before: Value): NodeInputs {
  return (cycle) => (cycle < cycles ? before : input(cycle - cycles, true));
}

/** A stationary operand's register, cycle by cycle. */
function heldOperand({ design, arithmetic, feed, faults }: Traces, line: 'a' | 'b', pe: number): NodeInputs {
  const { delayCycles } = design.lines[line];
  const held = new Array<Value>(delayCycles).fill(arithmetic.zero);
  return (cycle) => {
    const load = feed.lastLoad(line, pe, cycle);
    const phase = cycle % delayCycles;
    const input = load?.cycle === cycle ? load.value : held[phase]!;
    held[phase] = applyFaults(faults, line, pe, cycle, input);
    return input;
  };
}

/** A stationary sum on entering the adder, or as register c takes it before its faults, cycle by cycle. */
function heldSum({ design, arithmetic, feed, sums, faults }: Traces, node: 'c' | 'c_in', pe: number): NodeInputs {
  const { pipeline } = design;
  const { delayCycles } = design.lines.c;
  const lag = design.planeLagCycles;
  // What is in the loop at the start: zeros, some of which register c has yet to take.
  const held = Array.from({ length: delayCycles }, (_, phase) => {
    const stored = phase - delayCycles + pipeline.adderLatency;
    return stored < 0 ? arithmetic.zero : applyFaults(faults, 'c', pe, stored, arithmetic.zero);
  });
  return (cycle) => {
    const load = feed.lastLoad('c', pe, cycle - lag);
    const phase = cycle % delayCycles;
    const entering = load?.cycle === cycle - lag ? load.value : held[phase]!;
    const adding = applyFaults(faults, 'c_in', pe, cycle, entering);
    const sum = arithmetic.accumulate(adding, sums.productAt(pe, cycle));
    held[phase] = applyFaults(faults, 'c', pe, cycle + pipeline.adderLatency, sum);
    return node === 'c_in' ? entering : sum;
  };
}
