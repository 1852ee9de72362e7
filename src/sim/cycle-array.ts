import type { Design, Network } from '../design/design.ts';
import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import type { FaultNode } from '../fault/fault.ts';
import type { BeatSegment, FaultDrive } from '../schedule/beats.ts';
import { type Codec, codecOf, TOKEN_CODEC } from './codec.ts';
import { formatOfRegister } from './formats.ts';
import { groupFaults, type NodeFaults } from './node-faults.ts';
import { Pipe } from './pipe.ts';
import type { SampleStore, TraceStore } from './stores.ts';

type PipeName = 'a' | 'b' | 'c' | 's' | 'first' | 'last';

/** The registers of one array and the rule by which a clock edge changes them. */
export class CycleArray {
  readonly firedCycles: number[];
  readonly #design: Design;
  readonly #arithmetic: Arithmetic<Value>;
  readonly #pipes: Record<PipeName, Pipe>;
  /** What arrives at the pipes: fed from the edge, received from upstream, or held. */
  readonly #in: Record<PipeName, Value[]>;
  /** The registers of the multiplier, and those in which tokens wait along with the product; null without any. */
  readonly #products: Pipe | null;
  readonly #waiting: Readonly<Record<'first' | 'last', Pipe>> | null;
  #nextProduct: Value[];
  #nextWaiting: Record<'first' | 'last', Value[]>;
  readonly #faults: NodeFaults;
  readonly #feeds: readonly Feed[];
  readonly #traced: readonly TracedPlane[];
  #cycle = 0;

  constructor(design: Design, arithmetic: Arithmetic<Value>, drives: readonly FaultDrive[]) {
    this.#design = design;
    this.#arithmetic = arithmetic;
    const { zero } = arithmetic;
    const count = design.pes.length;
    const carrierDelay = design.tokens ? design.lines[design.tokens.carrier].delayCycles : 1;
    this.#pipes = {
      a: new Pipe(count, design.lines.a.delayCycles, zero),
      b: new Pipe(count, design.lines.b.delayCycles, zero),
      c: new Pipe(count, design.lines.c.delayCycles, zero),
      s: new Pipe(count, design.shadow?.delayCycles ?? 1, zero),
      first: new Pipe(count, carrierDelay, 0),
      last: new Pipe(count, carrierDelay, 0),
    };
    const plane = (value: Value) => new Array<Value>(count).fill(value);
    this.#in = { a: plane(zero), b: plane(zero), c: plane(zero), s: plane(zero), first: plane(0), last: plane(0) };
    const stages = design.spec.multiplierStages;
    this.#products = stages > 0 ? new Pipe(count, stages, zero) : null;
    this.#waiting = stages > 0 ? { first: new Pipe(count, stages, 0), last: new Pipe(count, stages, 0) } : null;
    this.#nextProduct = plane(zero);
    this.#nextWaiting = { first: plane(0), last: plane(0) };
    this.firedCycles = drives.map(() => 0);
    this.#faults = groupFaults(design, arithmetic, drives);
    this.#feeds = feedsOf(design, arithmetic);
    this.#traced = this.#tracedPlanes();
  }

  /** Clock the array through a segment: sample, feed and, with a trace, record every register. */
  runSegment(segment: BeatSegment, samples: SampleStore, trace: TraceStore | null): void {
    const { output, inputs, returnPort } = this.#design;
    const outputPipe = this.#pipes[output.name === 's_o' ? 's' : 'c'];
    const returns = this.#feeds[returnPort]!;
    const frames = segment.frames.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    let nextSample = 0;
    let nextReturn = 0;
    for (let cycle = 0; cycle < segment.cycles; cycle++, this.#cycle++) {
      for (; segment.sampleCycle[nextSample] === cycle; nextSample++) {
        samples.add(outputPipe.tail[output.lanePes[segment.sampleLane[nextSample]!]!]!);
      }
      for (const [port, feed] of this.#feeds.entries()) this.#feed(feed, frames[port]!, cycle);
      for (; segment.returnCycle[nextReturn] === cycle; nextReturn++) {
        const pe = inputs[returnPort]!.lanePes[segment.returnLane[nextReturn]!]!;
        this.#in[returns.pipe][pe] = samples.read(segment.returnSample[nextReturn]!);
      }
      this.#clockEdge();
      if (trace) for (const { values, codec, bytes } of this.#traced) trace.add(values(), codec, bytes);
    }
  }

  /** Put one frame of an input port on the entry PEs. */
  #feed({ pipe, lanePes, laneBytes, frameBytes, codec }: Feed, frames: DataView, cycle: number): void {
    const target = this.#in[pipe];
    const start = cycle * frameBytes;
    for (let lane = 0; lane < lanePes.length; lane++) {
      target[lanePes[lane]!] = codec
        ? codec.read(frames, start + lane * laneBytes)
        : (frames.getUint8(start + (lane >> 3)) >> (lane & 7)) & 1;
    }
  }

  #clockEdge(): void {
    const { lines, shadow, tokens } = this.#design;
    const { a, b, c, s } = this.#pipes;
    if (shadow) receive(this.#in.s, s.tail, shadow);
    this.#sum();
    const products = this.#products;
    if (products) this.#multiply(products);
    for (const name of tokens?.names ?? []) {
      receive(this.#in[name], this.#pipes[name].tail, lines[tokens!.carrier].network!);
      this.#patch(name, this.#in[name]);
    }
    this.#arrive('a', 'a_out');
    this.#arrive('b', 'b_out');
    // Last, for what a line loads comes past the register of the chain and its faults.
    if (shadow) this.#chain(shadow.drains);

    if (products) this.#nextProduct = products.shift(this.#nextProduct);
    for (const name of this.#waiting ? (tokens?.names ?? []) : []) {
      copy(this.#pipes[name].head, this.#nextWaiting[name]);
      this.#nextWaiting[name] = this.#waiting![name].shift(this.#nextWaiting[name]);
    }
    this.#in.a = a.shift(this.#in.a);
    this.#in.b = b.shift(this.#in.b);
    this.#in.c = c.shift(this.#in.c);
    if (shadow) this.#in.s = s.shift(this.#in.s);
    for (const name of tokens?.names ?? []) this.#in[name] = this.#pipes[name].shift(this.#in[name]);
  }

  /** What every PE's c register takes: what comes in or is held, plus the product. */
  #sum(): void {
    const { lines, pipeline } = this.#design;
    const { c } = this.#pipes;
    const { accumulate, multiply } = this.#arithmetic;
    const sums = this.#in.c;
    if (lines.c.stationary) {
      choose(sums, this.#tokenOfSums('first'), this.#in.s, c.tail);
    } else {
      receive(sums, c.tail, lines.c.network!);
    }
    this.#patch('c_in', sums);
    if (this.#products) {
      const product = this.#products.tail;
      for (let pe = 0; pe < sums.length; pe++) sums[pe] = accumulate(sums[pe]!, product[pe]!);
    } else {
      const a = this.#pipes.a.head;
      const b = this.#pipes.b.head;
      for (let pe = 0; pe < sums.length; pe++) sums[pe] = accumulate(sums[pe]!, multiply(a[pe]!, b[pe]!));
    }
    // An adder with registers of its own gives register c what it took some cycles ago.
    this.#patch('c', pipeline.adderLatency > 0 ? c.before(pipeline.adderLatency) : sums);
  }

  /** What the shadow chain takes: the finished sum where `last` says so, otherwise what comes along the chain. */
  #chain(drains: boolean): void {
    if (drains) choose(this.#in.s, this.#tokenOfSums('last'), this.#pipes.c.tail, this.#in.s);
    this.#patch('s', this.#in.s);
  }

  /** A token as it acts on the c plane. */
  #tokenOfSums(name: 'first' | 'last'): readonly Value[] {
    return this.#waiting ? this.#waiting[name].tail : this.#pipes[name].head;
  }

  #multiply(products: Pipe): void {
    const { multiply } = this.#arithmetic;
    const a = this.#pipes.a.head;
    const b = this.#pipes.b.head;
    const product = this.#nextProduct;
    for (let pe = 0; pe < product.length; pe++) product[pe] = multiply(a[pe]!, b[pe]!);
    const { multiplierStages } = this.#design.spec;
    this.#patch('p', multiplierStages > 1 ? products.before(multiplierStages - 1) : product);
  }

  /** What line a or b brings to every PE's register: from upstream, or around the loop unless `first` loads. */
  #arrive(line: 'a' | 'b', out: 'a_out' | 'b_out'): void {
    const { network, stationary } = this.#design.lines[line];
    const arriving = this.#in[line];
    if (stationary) choose(arriving, this.#in.first, this.#in.s, this.#pipes[line].tail);
    else receive(arriving, this.#forward(this.#pipes[line], out), network!);
    this.#patch(line, arriving);
  }

  /** The values that leave the PEs along a moving line: faults on the forwarding wire spare the register itself. */
  #forward(pipe: Pipe, out: 'a_out' | 'b_out'): readonly Value[] {
    if (!this.#faults.has(out)) return pipe.tail;
    const wire = [...pipe.head];
    this.#patch(out, wire);
    if (pipe.links === 0) return wire;
    const { tail } = pipe;
    pipe.forward(wire);
    return tail;
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
        if (!Object.is(after, before)) this.firedCycles[number]!++;
        values[pe] = after;
      }
    }
  }

  #tracedPlanes(): TracedPlane[] {
    return this.#design.registers.map(({ name, widthBits, bytes }) => {
      const isToken = widthBits === 1;
      const codec = isToken ? TOKEN_CODEC : codecOf(this.#arithmetic, formatOfRegister(this.#design, name), bytes);
      return { values: this.#registers(name), codec, bytes };
    });
  }

  /** Find the register that a trace calls by this name. */
  #registers(name: string): () => readonly Value[] {
    const [, token, delay] = /^(?:(first|last)_)?(?:p|product(\d+))_q$/.exec(name) ?? [];
    if (token !== undefined || delay !== undefined || name === 'p_q') {
      const pipe = token ? this.#waiting![token as 'first' | 'last'] : this.#products!;
      return delay === undefined ? () => pipe.tail : () => pipe.stage(Number(delay) - 1);
    }
    const [, base, link] = /^(.+?)(?:_link(\d+))?_q$/.exec(name)!;
    const pipe = this.#pipes[base as PipeName];
    const stage = Number(link ?? 0) + (base === 'c' ? this.#design.pipeline.adderLatency : 0);
    return () => pipe.stage(stage);
  }
}

/** How the frames of an input port reach the array; ports of one-bit lanes have no codec. */
interface Feed {
  readonly pipe: PipeName;
  readonly lanePes: Int32Array;
  readonly laneBytes: number;
  readonly frameBytes: number;
  readonly codec: Codec | null;
}

function feedsOf(design: Design, arithmetic: Arithmetic<Value>): Feed[] {
  return design.inputs.map(({ name, laneBits, lanePes, frameBytes }) => {
    const pipe = name.slice(0, -2) as PipeName;
    const laneBytes = laneBits / 8;
    if (pipe === 'first' || pipe === 'last') return { pipe, lanePes, laneBytes, frameBytes, codec: null };
    const format = design.lines[pipe === 's' ? design.stationary! : pipe];
    return { pipe, lanePes, laneBytes, frameBytes, codec: codecOf(arithmetic, format, laneBytes) };
  });
}

interface TracedPlane {
  readonly values: () => readonly Value[];
  readonly codec: Codec;
  readonly bytes: number;
}

/** Fill the inputs of all PEs that have an upstream neighbour; those of the entries were fed from the edge. */
function receive(arriving: Value[], leaving: readonly Value[], { upstream }: Network): void {
  for (let pe = 0; pe < upstream.length; pe++) {
    const from = upstream[pe]!;
    if (from !== -1) arriving[pe] = leaving[from]!;
  }
}

/** Take for every PE one value where its token is set and another where not. */
function choose(into: Value[], token: readonly Value[], set: readonly Value[], clear: readonly Value[]): void {
  for (let pe = 0; pe < into.length; pe++) into[pe] = token[pe] ? set[pe]! : clear[pe]!;
}

function copy(from: readonly Value[], to: Value[]): void {
  for (let n = 0; n < from.length; n++) to[n] = from[n]!;
}
