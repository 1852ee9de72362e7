import { readFileSync } from 'node:fs';
import type { Architecture, MachineDesign, SourceFile } from '../../../src/backend/machine-design.ts';
import type { BeatSegment, FaultDrive } from '../../../src/schedule/beats.ts';

const COLUMNS = 3;
const ROWS = 2;
const PES = COLUMNS * ROWS;

/** The design of the hand-written grid in `fixtures`, as far as the harness needs it. */
export const lattice: MachineDesign = {
  name: 'lattice',
  hash: '0123456789abcdef',
  inputs: [port('a_i', ROWS, 8), port('b_i', PES, 8), port('c_i', COLUMNS, 32), port('first_i', ROWS, 1)],
  output: port('c_o', COLUMNS, 32),
  returnPort: 2,
  registers: [
    { name: 'a_q', widthBits: 8, bytes: 1 },
    { name: 'first_q', widthBits: 1, bytes: 1 },
    { name: 'c_q', widthBits: 32, bytes: 4 },
  ],
  faultPort: { peBits: 3, nodeBits: 1, dataBits: 32 },
  pes: Array.from({ length: PES }, (_, index) => ({ index, x: index % COLUMNS, y: -Math.floor(index / COLUMNS) })),
  spec: { faultSlots: 2 },
};

/** The Verilog of the lattice in one of its two forms. */
export function latticeFiles(architecture: Architecture): SourceFile[] {
  const names = architecture === 'rolled' ? ['lattice_rolled.v'] : ['lattice_pe.v', 'lattice_grid.v'];
  return names.map((path) => ({ path, text: readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8') }));
}

/** What a run of the lattice must give; the naive model that the tests compare with. */
export function latticeModel(segments: readonly BeatSegment[], faults: readonly FaultDrive[]) {
  const samples: number[] = [];
  const registers: number[] = [];
  const firedCycles = faults.map(() => 0);
  let state = Array.from({ length: PES }, () => ({ a: 0, first: 0, c: 0 }));
  for (const segment of segments) {
    for (let cycle = 0; cycle < segment.cycles; cycle++) {
      segment.sampleCycle.forEach((at, n) => {
        if (at === cycle) samples.push(state[PES - COLUMNS + segment.sampleLane[n]!]!.c);
      });
      const frame = (input: number): Buffer => {
        const { frameBytes } = lattice.inputs[input]!;
        return Buffer.from(segment.frames[input]!.slice(cycle * frameBytes, (cycle + 1) * frameBytes));
      };
      const [a, b, c, first] = [frame(0), frame(1), frame(2), frame(3)];
      segment.returnCycle.forEach((at, n) => {
        if (at === cycle) c.writeUInt32LE(samples[segment.returnSample[n]!]!, segment.returnLane[n]! * 4);
      });
      const fired = faults.map(() => false);
      state = state.map((_, pe) => {
        const [x, y] = [pe % COLUMNS, Math.floor(pe / COLUMNS)];
        const left = x > 0 ? state[pe - 1]! : { a: a[y]!, first: (first[0]! >> y) & 1 };
        const above = y > 0 ? state[pe - COLUMNS]!.c : c.readUInt32LE(x * 4);
        const words = [left.a, ((left.first ? 0 : above) + left.a * b[pe]!) >>> 0];
        faults.forEach((fault, slot) => {
          const now = segment.firstCycle + cycle;
          if (fault.peIndex !== pe || now < fault.firstCycle || now > fault.lastCycle) return;
          const struck = strike(words[fault.nodeCode]!, fault);
          if (struck !== words[fault.nodeCode]) fired[slot] = true;
          words[fault.nodeCode] = struck;
        });
        return { a: words[0]! & 0xff, first: left.first, c: words[1]! };
      });
      fired.forEach((yes, slot) => {
        if (yes) firedCycles[slot]!++;
      });
      const word = Buffer.alloc(4);
      registers.push(...state.map(({ a }) => a), ...state.map(({ first }) => first));
      for (const { c } of state) {
        word.writeUInt32LE(c);
        registers.push(...word);
      }
    }
  }
  return { samples, firedCycles, registers: Uint8Array.from(registers) };
}

/** Random frames for a number of cycles, cut into segments; every lane is sampled in every cycle. */
export function latticeSegments(random: () => number, lengths: readonly number[], returnRate = 0.2): BeatSegment[] {
  let firstCycle = 0;
  let taken = 0;
  return lengths.map((cycles) => {
    const frames = lattice.inputs.map(({ frameBytes, lanes, laneBits }) => {
      const bytes = Uint8Array.from({ length: frameBytes * cycles }, () => random() * 256);
      return laneBits === 1 ? bytes.map((byte) => byte & (2 ** lanes - 1)) : bytes;
    });
    const sampleCycle: number[] = [];
    const sampleLane: number[] = [];
    const returns: number[][] = [];
    for (let cycle = 0; cycle < cycles; cycle++) {
      for (let lane = 0; lane < COLUMNS; lane++, taken++) {
        sampleCycle.push(cycle);
        sampleLane.push(lane);
      }
      for (let lane = 0; lane < COLUMNS; lane++) {
        if (random() < returnRate) returns.push([cycle, lane, Math.floor(random() * taken)]);
      }
    }
    const column = (index: number): Int32Array => Int32Array.from(returns, (entry) => entry[index]!);
    const segment: BeatSegment = {
      cycles,
      firstCycle,
      frames,
      sampleCycle: Int32Array.from(sampleCycle),
      sampleLane: Int32Array.from(sampleLane),
      returnCycle: column(0),
      returnLane: column(1),
      returnSample: column(2),
    };
    firstCycle += cycles;
    return segment;
  });
}

/** A small deterministic source of numbers in [0, 1) (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function strike(word: number, { kindCode, mask, value }: FaultDrive): number {
  const [m, v] = [Number(mask), Number(value)];
  const changed = [word & ~m, word | m, word ^ m, (word & ~m) | (v & m)][kindCode]!;
  return changed >>> 0;
}

function port(name: string, lanes: number, laneBits: number) {
  const frameBytes = Math.ceil((lanes * laneBits) / 8);
  return { name, lanes, laneBits, lanePes: new Int32Array(lanes), frameBytes };
}
