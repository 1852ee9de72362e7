import type { Design, Network } from '../design/design.ts';
import { type Arithmetic, integerArithmetic, type NumberFormat, type Value } from '../dtype/arithmetic.ts';
import { FAULT_NODES, type FaultNode } from '../fault/fault.ts';
import { faultMasks } from '../fault/resolve.ts';
import type { BeatSegment, FaultDrive } from '../schedule/beats.ts';
import { formatOfNode, formatsOf, TOKEN } from './formats.ts';
import type { Machine, MachineJob, MachineRun } from './machine.ts';
import { SampleStore, TraceStore } from './stores.ts';

/** Make the cycle simulator of a design: every register, every cycle. */
export function cycleMachine(design: Design): Machine {
  const arithmetic = integerArithmetic(formatsOf(design));
  return {
    run: (job) => Promise.resolve().then(() => runJob(design, arithmetic as Arithmetic<Value>, job)),
    close: () => Promise.resolve(),
  };
}

function runJob(design: Design, arithmetic: Arithmetic<Value>, job: MachineJob): MachineRun {
  const array = new CycleArray(design, arithmetic, job.faults);
  const samples = new SampleStore(design.output.laneBits / 8);
  const trace = job.trace ? new TraceStore(design) : null;
  for (const segment of job.segments) {
    job.signal?.throwIfAborted();
    array.runSegment(segment, samples, trace);
  }
  return { samples: samples.bytes(), firedCycles: array.firedCycles, registers: trace?.bytes() ?? null };
}

/** A register per PE with the delay registers behind it; `stages[0]` is the register itself. */
class Pipe {
  stages: Value[][];

  constructor(count: number, depth: number, zero: Value) {
    this.stages = Array.from({ length: depth }, () => new Array<Value>(count).fill(zero));
  }

  get head(): Value[] {
    return this.stages[0]!;
  }

  get tail(): Value[] {
    return this.stages.at(-1)!;
  }

  /** Let every stage take the value of the one before; returns the oldest array to be filled as the new head. */
  shift(): Value[] {
    const recycled = this.stages.pop()!;
    this.stages.unshift(recycled);
    return recycled;
  }
}

type PipeName = 'a' | 'b' | 'c' | 's' | 'first' | 'last';

interface ActiveFault {
  readonly drive: FaultDrive;
  readonly number: number;
  readonly apply: (value: Value) => Value;
}

/** The registers of one array and the rule by which a clock edge changes them. */
class CycleArray {
  readonly firedCycles: number[];
  readonly #design: Design;
  readonly #arithmetic: Arithmetic<Value>;
  readonly #pipes: Record<PipeName, Pipe>;
  readonly #product: Value[];
  readonly #firstProduct: Value[];
  readonly #lastProduct: Value[];
  readonly #faults: ReadonlyMap<FaultNode, ReadonlyMap<number, readonly ActiveFault[]>>;
  readonly #in: Record<PipeName, Value[]>;
  #cycle = 0;

  constructor(design: Design, arithmetic: Arithmetic<Value>, drives: readonly FaultDrive[]) {
    this.#design = design;
    this.#arithmetic = arithmetic;
    const count = design.pes.length;
    const carrierDelay = design.tokens ? design.lines[design.tokens.carrier].delayCycles : 1;
    const pipe = (depth: number, zero: Value = arithmetic.zero) => new Pipe(count, depth, zero);
    this.#pipes = {
      a: pipe(design.lines.a.delayCycles),
      b: pipe(design.lines.b.delayCycles),
      c: pipe(design.lines.c.delayCycles),
      s: pipe(design.shadow?.delayCycles ?? 1),
      first: pipe(carrierDelay, 0),
      last: pipe(carrierDelay, 0),
    };
    const plane = (zero: Value) => new Array<Value>(count).fill(zero);
    const zero = arithmetic.zero;
    this.#product = plane(zero);
    this.#firstProduct = plane(0);
    this.#lastProduct = plane(0);
    this.#in = { a: plane(zero), b: plane(zero), c: plane(zero), s: plane(zero), first: plane(0), last: plane(0) };
    this.firedCycles = drives.map(() => 0);
    this.#faults = groupFaults(design, arithmetic, drives);
  }

  runSegment(segment: BeatSegment, samples: SampleStore, trace: TraceStore | null): void {
    const { output, inputs, returnPort } = this.#design;
    const outputPipe = output.name === 's_o' ? this.#pipes.s : this.#pipes.c;
    const outputFormat = this.#design.lines.c;
    let nextSample = 0;
    let nextReturn = 0;
    for (let cycle = 0; cycle < segment.cycles; cycle++, this.#cycle++) {
      for (; nextSample < segment.sampleCycle.length && segment.sampleCycle[nextSample] === cycle; nextSample++) {
        const pe = output.lanePes[segment.sampleLane[nextSample]!]!;
        samples.add(this.#arithmetic.toBits(outputPipe.tail[pe]!, outputFormat));
      }
      inputs.forEach((_, port) => {
        this.#feed(port, segment.frames[port]!, cycle);
      });
      for (; nextReturn < segment.returnCycle.length && segment.returnCycle[nextReturn] === cycle; nextReturn++) {
        const port = inputs[returnPort]!;
        const pe = port.lanePes[segment.returnLane[nextReturn]!]!;
        const bits = samples.read(segment.returnSample[nextReturn]!);
        this.#in[port.name === 's_i' ? 's' : 'c'][pe] = this.#arithmetic.fromBits(bits, outputFormat);
      }
      this.#clockEdge();
      if (trace) this.#record(trace);
    }
  }

  /** Put one frame of an input port on the entry PEs. */
  #feed(port: number, frames: Uint8Array, cycle: number): void {
    const { name, lanes, laneBits, lanePes, frameBytes } = this.#design.inputs[port]!;
    const line = name.slice(0, -2) as PipeName;
    const target = this.#in[line];
    if (laneBits === 1) {
      for (let lane = 0; lane < lanes; lane++) {
        target[lanePes[lane]!] = (frames[cycle * frameBytes + (lane >> 3)]! >> (lane & 7)) & 1;
      }
      return;
    }
    const format = this.#formatOf(line);
    const bytes = laneBits / 8;
    for (let lane = 0; lane < lanes; lane++) {
      const at = cycle * frameBytes + lane * bytes;
      target[lanePes[lane]!] = this.#decode(frames, at, bytes, format);
    }
  }

  #decode(frames: Uint8Array, at: number, bytes: number, format: NumberFormat): Value {
    let bits = 0n;
    for (let n = bytes - 1; n >= 0; n--) bits = (bits << 8n) | BigInt(frames[at + n]!);
    return this.#arithmetic.fromBits(bits, format);
  }

  #formatOf(line: PipeName): NumberFormat {
    const { lines, stationary } = this.#design;
    if (line === 's') return lines[stationary!];
    return line === 'first' || line === 'last' ? TOKEN : lines[line];
  }

  #clockEdge(): void {
    const { lines, shadow, tokens, spec } = this.#design;
    const { a, b, c, s, first, last } = this.#pipes;
    const sum = this.#sums();
    const drained = shadow?.drains ? this.#drained() : null;
    const product = spec.productRegister ? this.#products() : null;

    if (shadow) receive(this.#in.s, s.tail, shadow);
    if (tokens) {
      const carrier = lines[tokens.carrier].network!;
      for (const [name, pipe] of [
        ['first', first],
        ['last', last],
      ] as const) {
        receive(this.#in[name], pipe.tail, carrier);
        this.#patch(name, this.#in[name]);
      }
    }
    this.#arrive('a', 'a_out');
    this.#arrive('b', 'b_out');

    if (product) {
      copy(product, this.#product);
      copy(first.head, this.#firstProduct);
      copy(last.head, this.#lastProduct);
    }
    copy(sum, c.shift());
    copy(this.#in.a, a.shift());
    copy(this.#in.b, b.shift());
    copy(drained ?? this.#in.s, s.shift());
    copy(this.#in.first, first.shift());
    copy(this.#in.last, last.shift());
  }

  /** What line a or b brings to every PE's register: from upstream, or around the loop unless `first` loads. */
  #arrive(line: 'a' | 'b', out: 'a_out' | 'b_out'): void {
    const { network, stationary } = this.#design.lines[line];
    const pipe = this.#pipes[line];
    const arriving = this.#in[line];
    if (stationary) {
      for (let pe = 0; pe < arriving.length; pe++) {
        arriving[pe] = this.#in.first[pe] ? this.#in.s[pe]! : pipe.tail[pe]!;
      }
    } else {
      const forwarded = this.#forward(pipe, out);
      receive(arriving, forwarded, network!);
    }
    this.#patch(line, arriving);
  }

  /** The values that leave the PEs along a moving line: faults on the forwarding wire spare the register itself. */
  #forward(pipe: Pipe, out: 'a_out' | 'b_out'): Value[] {
    if (!this.#faults.has(out)) return pipe.tail;
    const wire = [...pipe.head];
    this.#patch(out, wire);
    if (pipe.stages.length === 1) return wire;
    const tail = pipe.tail;
    pipe.stages[0] = wire;
    return tail;
  }

  #products(): Value[] {
    const product = this.#multiply();
    this.#patch('p', product);
    return product;
  }

  #multiply(): Value[] {
    const a = this.#pipes.a.head;
    const b = this.#pipes.b.head;
    return a.map((value, pe) => this.#arithmetic.multiply(value, b[pe]!));
  }

  /** What every PE's c register takes. */
  #sums(): Value[] {
    const { lines, spec } = this.#design;
    const { c, s, first } = this.#pipes;
    const product = spec.productRegister ? this.#product : this.#multiply();
    let entering: Value[];
    if (lines.c.stationary) {
      receive(this.#in.s, s.tail, this.#design.shadow!);
      const load = spec.productRegister ? this.#firstProduct : first.head;
      entering = c.tail.map((value, pe) => (load[pe] ? this.#in.s[pe]! : value));
    } else {
      receive(this.#in.c, c.tail, lines.c.network!);
      entering = [...this.#in.c];
    }
    this.#patch('c_in', entering);
    const sums = entering.map((value, pe) => this.#arithmetic.accumulate(value, product[pe]!));
    this.#patch('c', sums);
    return sums;
  }

  /** What the shadow chain takes: the finished sum where `last` says so, otherwise what comes along the chain. */
  #drained(): Value[] {
    const { c, last } = this.#pipes;
    const take = this.#design.spec.productRegister ? this.#lastProduct : last.head;
    return this.#in.s.map((value, pe) => (take[pe] ? c.tail[pe]! : value));
  }

  /** Apply the faults of a node to the values of all PEs, and count those that change a bit. */
  #patch(node: FaultNode, values: Value[]): void {
    const byPe = this.#faults.get(node);
    if (!byPe) return;
    for (const [pe, faults] of byPe) {
      for (const { drive, number, apply } of faults) {
        if (this.#cycle < drive.firstCycle || this.#cycle > drive.lastCycle) continue;
        const before = values[pe]!;
        const after = apply(before);
        if (after !== before) this.firedCycles[number]!++;
        values[pe] = after;
      }
    }
  }

  #record(trace: TraceStore): void {
    trace.beginCycle();
    for (const { name, widthBits, bytes } of this.#design.registers) {
      trace.add(this.#registers(name), { widthBits, signed: false }, bytes, this.#arithmetic);
    }
  }

  #registers(name: string): Value[] {
    if (name === 'p_q') return this.#product;
    if (name === 'first_p_q') return this.#firstProduct;
    if (name === 'last_p_q') return this.#lastProduct;
    const [, base, link] = /^(.+?)(?:_link(\d+))?_q$/.exec(name)!;
    return this.#pipes[base as PipeName].stages[Number(link ?? 0)]!;
  }
}

/** Fill the inputs of all PEs that have an upstream neighbour; those of the entries were fed from the edge. */
function receive(arriving: Value[], leaving: readonly Value[], { upstream }: Network): void {
  for (let pe = 0; pe < upstream.length; pe++) {
    const from = upstream[pe]!;
    if (from !== -1) arriving[pe] = leaving[from]!;
  }
}

function copy(from: readonly Value[], to: Value[]): void {
  for (let n = 0; n < from.length; n++) to[n] = from[n]!;
}

function groupFaults(
  design: Design,
  arithmetic: Arithmetic<Value>,
  drives: readonly FaultDrive[],
): Map<FaultNode, Map<number, ActiveFault[]>> {
  const groups = new Map<FaultNode, Map<number, ActiveFault[]>>();
  drives.forEach((drive, number) => {
    const node = FAULT_NODES[drive.nodeCode]!;
    const { keep, toggle } = faultMasks(drive);
    const apply =
      node === 'first' || node === 'last'
        ? (value: Value) => (Number(value) & Number(keep & 1n)) ^ Number(toggle)
        : arithmetic.masking(formatOfNode(design, node), keep, toggle);
    const byPe = groups.get(node) ?? new Map<number, ActiveFault[]>();
    byPe.set(drive.peIndex, [...(byPe.get(drive.peIndex) ?? []), { drive, number, apply }]);
    groups.set(node, byPe);
  });
  return groups;
}
