import { type Design, moduleNames } from '../design/design.ts';
import { faultPorts } from '../emit/grid-ports.ts';
import { literal } from '../emit/verilog.ts';
import { fromLittleEndian, type TestRun } from './test-vectors.ts';

interface SignalView {
  readonly name: string;
  readonly range: string;
  /** Its bits within a step's word, such as `[15:0]`. */
  readonly slice: string;
}

interface StepView {
  readonly at: number;
  readonly stimulus: string;
  readonly expected: string;
  readonly care: string;
}

interface RunView {
  readonly number: number;
  readonly title: string;
  /** The fields of all slots by port, in the order of `faultInputs`. */
  readonly settings: readonly { readonly port: string; readonly value: string }[];
  readonly fired: readonly { readonly at: number; readonly cycles: number }[];
  readonly steps: readonly StepView[];
}

/** What the template of the testbench prints. */
export function testbenchView(design: Design, runs: readonly TestRun[]) {
  const { spec, output, name, hash, toolVersion } = design;
  const slots = spec.faultSlots;
  const faults = faultPorts(design).filter(({ direction }) => direction === 'input');
  const settings = faults.filter(({ field }) => field !== 'enable');
  const signals = stimulusSignals(design);
  const outputBits = output.lanes * output.laneBits;
  const stimulusBits = stimulusBitsOf(design);
  let step = 0;
  const views = runs.map((run, number): RunView => {
    const steps = stepsOf(design, run, step);
    step += steps.length;
    return { number, title: run.title, settings: settingsOf(design, run), fired: firedOf(run, number, slots), steps };
  });
  return {
    name,
    hash,
    toolVersion,
    module: moduleNames(design).testbench,
    grid: moduleNames(design).grid,
    runCount: runs.length,
    stepCount: step,
    resultCount: runs.reduce((sum, { samples }) => sum + samples.length, 0),
    stimulusRange: range(stimulusBits),
    resetBit: stimulusBits - 1,
    signals,
    outputName: output.name,
    outputRange: range(outputBits),
    noDifference: `${outputBits}'d0`,
    hasFaults: slots > 0,
    slots,
    firedRange: range(slots),
    settings: settings.map((port) => ({ name: port.name, range: range(port.fieldBits * slots) })),
    runs: views,
  };
}

/** Print the range of a vector, that of a single bit too: single slots are selected like others. */
function range(widthBits: number): string {
  return `[${widthBits - 1}:0] `;
}

/** The inputs that change from cycle to cycle, by their place in a step's word: ports, then slots, then the reset bit. */
function stimulusSignals({ inputs, spec }: Design): SignalView[] {
  let from = 0;
  const place = (name: string, widthBits: number): SignalView => {
    const slice = `[${from + widthBits - 1}:${from}]`;
    from += widthBits;
    return { name, range: range(widthBits), slice };
  };
  const signals = inputs.map((port) => place(port.name, port.lanes * port.laneBits));
  return spec.faultSlots > 0 ? [...signals, place('fault_en_i', spec.faultSlots)] : signals;
}

/** Bits of a step's word. */
function stimulusBitsOf({ inputs, spec }: Design): number {
  return inputs.reduce((sum, port) => sum + port.lanes * port.laneBits, spec.faultSlots + 1);
}

/** A step for the reset, then one for each cycle. */
function stepsOf(design: Design, { segment, faults, samples }: TestRun, first: number): StepView[] {
  const { inputs, output } = design;
  const outputBits = output.lanes * output.laneBits;
  const stimulusBits = stimulusBitsOf(design);
  const none = literal(outputBits, 0);
  const reset = literal(stimulusBits, 1n << BigInt(stimulusBits - 1));
  const steps: StepView[] = [{ at: first, stimulus: reset, expected: none, care: none }];
  let sample = 0;
  for (let cycle = 0; cycle < segment.cycles; cycle++) {
    let stimulus = 0n;
    let from = 0n;
    for (const [n, port] of inputs.entries()) {
      const frame = segment.frames[n]!.subarray(cycle * port.frameBytes, (cycle + 1) * port.frameBytes);
      stimulus |= fromLittleEndian(frame) << from;
      from += BigInt(port.lanes * port.laneBits);
    }
    for (const [slot, fault] of faults.entries()) {
      if (cycle >= fault.firstCycle && cycle <= fault.lastCycle) stimulus |= 1n << (from + BigInt(slot));
    }
    let expected = 0n;
    let care = 0n;
    for (; segment.sampleCycle[sample] === cycle; sample++) {
      const shift = BigInt(segment.sampleLane[sample]! * output.laneBits);
      expected |= samples[sample]! << shift;
      care |= ((1n << BigInt(output.laneBits)) - 1n) << shift;
    }
    steps.push({
      at: first + 1 + cycle,
      stimulus: literal(stimulusBits, stimulus),
      expected: literal(outputBits, expected),
      care: literal(outputBits, care),
    });
  }
  return steps;
}

/** What the slots are set to in a run; those without a fault to zeros. */
function settingsOf(design: Design, { faults }: TestRun): RunView['settings'] {
  const slots = design.spec.faultSlots;
  return faultPorts(design)
    .filter(({ direction, field }) => direction === 'input' && field !== 'enable')
    .map(({ name, field, fieldBits }) => {
      let packed = 0n;
      for (const [slot, { peIndex, nodeCode, kindCode, mask, value }] of faults.entries()) {
        const values = { pe: peIndex, node: nodeCode, kind: kindCode, mask, value };
        packed |= BigInt(values[field as keyof typeof values]) << BigInt(slot * fieldBits);
      }
      return { port: name, value: literal(slots * fieldBits, packed) };
    });
}

function firedOf({ firedCycles }: TestRun, run: number, slots: number): RunView['fired'] {
  return Array.from({ length: slots }, (_, slot) => ({ at: run * slots + slot, cycles: firedCycles[slot] ?? 0 }));
}
