import type { Design, LineDesign } from '../design/design.ts';
import { delayedTokens } from '../design/registers.ts';
import type { FaultNode } from '../fault/fault.ts';
import { gridPorts } from './grid-ports.ts';
import { type Stream, streamsOf } from './grid-view.ts';
import { runsOf } from './pe-runs.ts';
import type { PortGroup } from './ports.ts';
import { laneOf, literal, range, resize } from './verilog.ts';

/** A loop over consecutive PEs. */
interface LoopView {
  readonly first: number;
  readonly last: number;
  readonly body: readonly string[];
}

/** One stage of the data flow of a cycle: loops over PEs, then single statements, then the faults of its nodes. */
interface StepView {
  readonly comment: string;
  readonly loops: readonly LoopView[];
  readonly statements: readonly string[];
  readonly taps: readonly {
    readonly node: FaultNode;
    readonly code: string;
    readonly array: string;
    readonly bits: string;
  }[];
}

/** What `rolled.v.hbs` prints. */
interface RolledView {
  readonly portGroups: readonly PortGroup[];
  readonly registers: readonly { readonly range: string; readonly name: string; readonly reset: string }[];
  /** Registers within a floating-point operation: they hold finished results, which makes no difference outside. */
  readonly stages: readonly { readonly range: string; readonly name: string; readonly reset: string }[];
  readonly arrays: readonly { readonly range: string; readonly name: string }[];
  /** Widths of the floating-point formats, for the functions of the library; null for integers. */
  readonly float: FloatWidths | null;
  readonly outputs: readonly { readonly range: string; readonly name: string; readonly port: string }[];
  readonly results: readonly { readonly target: string; readonly source: string }[];
  readonly steps: readonly StepView[];
  readonly lastPe: number;
  readonly lastData: number;
  readonly lastPeBit: number;
  /** The greatest PE index, to tell slots that address no PE; null where every value of the field is one. */
  readonly lastPeLiteral: string | null;
  readonly allOnes: string;
  readonly allZeros: string;
}

interface FloatWidths {
  readonly operandExponent: number;
  readonly operandFraction: number;
  readonly resultExponent: number;
  readonly resultFraction: number;
}

/** Lay out the rolled grid: the same recurrences as the PE's, each as a loop over all PEs. */
export function rolledView(design: Design): RolledView {
  return new RolledBuilder(design).build();
}

class RolledBuilder {
  readonly #design: Design;
  readonly #lastPe: number;
  readonly #faulty: boolean;
  readonly #stages: { range: string; name: string; reset: string }[] = [];
  readonly #arrays: { range: string; name: string }[] = [];
  readonly #steps: StepView[] = [];

  constructor(design: Design) {
    this.#design = design;
    this.#lastPe = design.pes.length - 1;
    this.#faulty = design.spec.faultSlots > 0;
  }

  build(): RolledView {
    const { lines, tokens, shadow, registers, output, faultPort, spec, pes } = this.#design;
    const streams = streamsOf(this.#design);
    for (const { line, network, widthBits } of [lines.a, lines.b]) {
      if (network && this.#faulty) this.#forward(line as 'a' | 'b', widthBits);
    }
    for (const stream of streams) this.#arrive(stream);
    for (const name of tokens?.names ?? []) this.#tap(`Faults of the token ${name}`, name, `${name}_d`);
    for (const line of [lines.a, lines.b]) this.#operand(line);
    if (spec.multiplierStages > 0) this.#registeredProduct();
    this.#sum();
    if (shadow) this.#shadow();
    this.#clock();
    const outputRange = `[${output.lanes * output.laneBits - 1}:0] `;
    const outputs = [{ range: outputRange, name: `${output.name.slice(0, -2)}_out_q`, port: output.name }];
    if (this.#faulty) {
      outputs.push({ range: `[${spec.faultSlots - 1}:0] `, name: 'fired_q', port: 'fault_fired_o' });
    }
    const tail = this.#tail(output.name.slice(0, -2), this.#outputDelay());
    return {
      portGroups: gridPorts(this.#design),
      registers: registers.map(({ name, widthBits }) => ({ name, range: range(widthBits), reset: `${widthBits}'d0` })),
      stages: this.#stages,
      arrays: this.#arrays,
      float: this.#floatWidths(),
      outputs,
      results: Array.from(output.lanePes, (pe, lane) => ({
        target: laneOf(outputs[0]!.name, lane, output.laneBits, output.lanes),
        source: `${tail}[${pe}]`,
      })),
      steps: this.#steps,
      lastPe: this.#lastPe,
      lastData: faultPort.dataBits - 1,
      lastPeBit: faultPort.peBits - 1,
      lastPeLiteral: pes.length === 2 ** faultPort.peBits ? null : `${faultPort.peBits}'d${this.#lastPe}`,
      allOnes: `{${faultPort.dataBits}{1'b1}}`,
      allZeros: `${faultPort.dataBits}'d0`,
    };
  }

  #outputDelay(): number {
    const { output, shadow, lines, pipeline } = this.#design;
    return output.name === 's_o' ? shadow!.delayCycles : lines.c.delayCycles - pipeline.adderLatency;
  }

  #floatWidths(): FloatWidths | null {
    const [operand, result] = [this.#design.lines.a.float, this.#design.lines.c.float];
    return (
      operand &&
      result && {
        operandExponent: operand.exponentBits,
        operandFraction: operand.fractionBits,
        resultExponent: result.exponentBits,
        resultFraction: result.fractionBits,
      }
    );
  }

  /** The wire behind register a or b, apart from the register because faults may act on it alone. */
  #forward(line: 'a' | 'b', widthBits: number): void {
    this.#array(`${line}_forward`, widthBits);
    const loop = this.#everywhere(`${line}_forward[p] = ${line}_q[p];`);
    this.#step(`What line ${line} forwards`, [loop], [], [[`${line}_out`, `${line}_forward`]]);
  }

  /** What a stream brings to each PE: PEs in a row take from PEs in a row, so whole runs are one loop. */
  #arrive({ name, widthBits, network }: Stream): void {
    const target = arrivalOf(name);
    this.#array(target, widthBits);
    const delayCycles = network.delayCycles - (name === 'c' ? this.#design.pipeline.adderLatency : 0);
    const source = delayCycles === 1 ? this.#source(name) : this.#tail(name, delayCycles);
    const port = this.#design.inputs.find((candidate) => candidate.name === `${name}_i`)!;
    const loops = runsOf(network.upstream).map(({ first, last, offset }) => ({
      first,
      last,
      body: [`${target}[p] = ${source}[p ${offset < 0 ? '+' : '-'} ${Math.abs(offset)}];`],
    }));
    const statements = Array.from(
      network.entries,
      (pe, lane) => `${target}[${pe}] = ${laneOf(port.name, lane, port.laneBits, port.lanes)};`,
    );
    this.#step(`Stream ${name} arrives: from PE to PE, and from the edge`, loops, statements, []);
  }

  #operand({ line, stationary, widthBits, delayCycles }: LineDesign): void {
    const node = line as 'a' | 'b';
    if (stationary) {
      this.#array(`${line}_d`, widthBits);
      const loop = this.#everywhere(`${line}_d[p] = first_d[p] ? s_in[p] : ${this.#tail(line, delayCycles)}[p];`);
      this.#step(`Line ${line} stays, unless first loads it`, [loop], [], [[node, `${line}_d`]]);
      return;
    }
    this.#tap(`Faults of register ${line}`, node, `${line}_d`);
  }

  /** What the product register takes: the product, or that of some cycles ago. */
  #registeredProduct(): void {
    const { product, pipeline } = this.#design;
    this.#array('p_d', product.widthBits);
    const delayed = this.#hide('product', product.widthBits, pipeline.multiplierLatency);
    const body =
      pipeline.productDelays > 0
        ? [`p_d[p] = product${pipeline.productDelays}_q[p];`]
        : this.#multiply((product) => delayed('p_d', product));
    this.#step('Products', [this.#everywhere(...body)], [], [['p', 'p_d']]);
  }

  /** What a loop does to have `use` store the product of a PE's a and b. */
  #multiply(use: (product: string) => string[]): string[] {
    const { lines, product } = this.#design;
    if (product.float) return use('float_multiply(a_q[p], b_q[p])');
    const [a, b] = [lines.a, lines.b].map(({ line, widthBits, signed }) =>
      resize(`${line}_q[p]`, widthBits, product.widthBits, signed),
    );
    // Verilator 5.006 multiplies two arrays of uint16 as C does, in a signed int that overflows: one factor is made wide.
    if (lines.a.widthBits !== 16 || lines.b.widthBits !== 16 || product.signed) return use(`${a} * ${b}`);
    this.#array('b_factor', product.widthBits);
    return [`b_factor[p] = ${b};`, ...use(`${a} * b_factor[p]`)];
  }

  #sum(): void {
    const { lines, product, spec, pipeline } = this.#design;
    const { stationary, widthBits } = lines.c;
    this.#array('c_d', widthBits);
    if (spec.multiplierStages === 0) this.#array('product', product.widthBits);
    const load = ['first_q', ...delayedTokens('first', spec)].at(-1)!;
    const entering = stationary ? `${load}[p] ? s_in[p] : ${this.#sumTail()}[p]` : null;
    if (entering) this.#array('c_in', widthBits);
    const enter = entering ? [this.#everywhere(`c_in[p] = ${entering};`)] : [];
    this.#step('What enters the adders', enter, [], [['c_in', 'c_in']]);
    const source = spec.multiplierStages > 0 ? 'p_q' : 'product';
    const store = (result: string) => [`product[p] = ${result};`];
    const multiply = spec.multiplierStages > 0 ? [] : [this.#everywhere(...this.#multiply(store))];
    const addend = resize(`${source}[p]`, product.widthBits, widthBits, product.signed);
    const delayed = this.#hide('sum', widthBits, pipeline.adderLatency);
    const add = delayed('c_d', product.float ? `float_add(c_in[p], ${addend})` : `c_in[p] + ${addend}`);
    this.#step('Sums', [...multiply, this.#everywhere(...add)], [], [['c', 'c_d']]);
  }

  /** Add the registers within an operation; returns what a loop does to give a target its result of so many cycles ago. */
  #hide(name: string, widthBits: number, latency: number): (target: string, result: string) => string[] {
    const stage = (n: number) => `${name}_stage${n}`;
    for (let n = 1; n <= latency; n++)
      this.#stages.push({ name: stage(n), range: range(widthBits), reset: `${widthBits}'d0` });
    if (latency === 0) return (target, result) => [`${target}[p] = ${result};`];
    return (target, result) => [
      `${target}[p] = ${stage(latency)}[p];`,
      ...Array.from({ length: latency - 1 }, (_, n) => `${stage(latency - n)}[p] = ${stage(latency - n - 1)}[p];`),
      `${stage(1)}[p] = ${result};`,
    ];
  }

  #sumTail(): string {
    const { lines, pipeline } = this.#design;
    return this.#tail('c', lines.c.delayCycles - pipeline.adderLatency);
  }

  #shadow(): void {
    const { shadow, spec } = this.#design;
    const take = ['last_q', ...delayedTokens('last', spec)].at(-1)!;
    this.#array('s_d', shadow!.widthBits);
    const next = shadow!.drains ? `${take}[p] ? ${this.#sumTail()}[p] : s_in[p]` : 's_in[p]';
    const comment = shadow!.drains ? 'The shadow chain takes finished sums' : 'The shadow chain moves on';
    this.#step(comment, [this.#everywhere(`s_d[p] = ${next};`)], [], [['s', 's_d']]);
  }

  /** All registers take their next values, the last of each chain first. */
  #clock(): void {
    const { lines, tokens, shadow, spec, pipeline } = this.#design;
    const body: string[] = [];
    const chain = (name: string, delayCycles: number, source: string) => {
      for (let n = delayCycles - 1; n >= 1; n--) {
        body.push(`${name}_link${n}_q[p] = ${n === 1 ? source : `${name}_link${n - 1}_q`}[p];`);
      }
      body.push(`${name}_q[p] = ${name}_d[p];`);
    };
    const carrierDelay = tokens ? lines[tokens.carrier].delayCycles : 1;
    for (const name of tokens?.names ?? []) {
      const waiting = shadow!.drains ? [`${name}_q`, ...delayedTokens(name, spec)] : [];
      for (let n = waiting.length - 1; n >= 1; n--) body.push(`${waiting[n]}[p] = ${waiting[n - 1]}[p];`);
      chain(name, carrierDelay, `${name}_q`);
    }
    if (spec.multiplierStages > 0) body.push('p_q[p] = p_d[p];');
    for (let n = pipeline.productDelays; n >= 2; n--) body.push(`product${n}_q[p] = product${n - 1}_q[p];`);
    if (pipeline.productDelays > 0) body.push(...this.#multiply((product) => [`product1_q[p] = ${product};`]));
    for (const { line, delayCycles } of [lines.a, lines.b]) chain(line, delayCycles, this.#source(line));
    chain('c', lines.c.delayCycles - pipeline.adderLatency, 'c_q');
    if (shadow) chain('s', shadow.delayCycles, 's_q');
    this.#step('The clock edge', [this.#everywhere(...body)], [], []);
  }

  /** The array that a stream's PEs send on: faults on a forwarding wire have an array of their own. */
  #source(name: string): string {
    const isOperand = name === 'a' || name === 'b';
    return isOperand && this.#faulty && this.#design.lines[name].network ? `${name}_forward` : `${name}_q`;
  }

  #tail(name: string, delayCycles: number): string {
    return delayCycles === 1 ? `${name}_q` : `${name}_link${delayCycles - 1}_q`;
  }

  #everywhere(...body: string[]): LoopView {
    return { first: 0, last: this.#lastPe, body };
  }

  #array(name: string, widthBits: number): void {
    this.#arrays.push({ name, range: range(widthBits) });
  }

  #tap(comment: string, node: FaultNode, array: string): void {
    if (this.#faulty) this.#step(comment, [], [], [[node, array]]);
  }

  #step(
    comment: string,
    loops: readonly LoopView[],
    statements: readonly string[],
    nodes: readonly (readonly [FaultNode, string])[],
  ): void {
    const { faultSites, faultPort } = this.#design;
    const taps = nodes.flatMap(([node, array]) => {
      const site = this.#faulty && faultSites.find((candidate) => candidate.node === node);
      if (!site) return [];
      const bits = site.widthBits === faultPort.dataBits ? '' : `[${site.widthBits - 1}:0]`;
      return [{ node, code: literal(faultPort.nodeBits, site.code), array, bits }];
    });
    this.#steps.push({ comment, loops, statements, taps });
  }
}

/** Name the array in which a stream arrives: the register's own input where nothing stands between. */
function arrivalOf(stream: string): string {
  return stream === 'c' || stream === 's' ? `${stream}_in` : `${stream}_d`;
}
