import type { Design, LineDesign } from '../design/design.ts';
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
  readonly arrays: readonly { readonly range: string; readonly name: string }[];
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

/** Lay out the rolled grid: the same recurrences as the PE's, each as a loop over all PEs. */
export function rolledView(design: Design): RolledView {
  return new RolledBuilder(design).build();
}

class RolledBuilder {
  readonly #design: Design;
  readonly #lastPe: number;
  readonly #faulty: boolean;
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
      arrays: this.#arrays,
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
    const { output, shadow, lines } = this.#design;
    return output.name === 's_o' ? shadow!.delayCycles : lines.c.delayCycles;
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
    const source = network.delayCycles === 1 ? this.#source(name) : this.#tail(name, network.delayCycles);
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

  #registeredProduct(): void {
    const { widthBits } = this.#design.product;
    this.#array('p_d', widthBits);
    const loop = this.#everywhere(`p_d[p] = ${this.#factors()};`);
    this.#step('Products', [loop], [], [['p', 'p_d']]);
  }

  /** The expression of the exact product of a PE's a and b. */
  #factors(): string {
    const { lines, product } = this.#design;
    const factor = ({ line, widthBits, signed }: LineDesign) =>
      resize(`${line}_q[p]`, widthBits, product.widthBits, signed);
    return `${factor(lines.a)} * ${factor(lines.b)}`;
  }

  #sum(): void {
    const { lines, product, spec } = this.#design;
    const { stationary, widthBits, delayCycles } = lines.c;
    this.#array('c_d', widthBits);
    if (spec.multiplierStages === 0) this.#array('product', product.widthBits);
    const load = spec.multiplierStages > 0 ? 'first_p_q' : 'first_q';
    const entering = stationary ? `${load}[p] ? s_in[p] : ${this.#tail('c', delayCycles)}[p]` : null;
    if (entering) this.#array('c_in', widthBits);
    const enter = entering ? [this.#everywhere(`c_in[p] = ${entering};`)] : [];
    this.#step('What enters the adders', enter, [], [['c_in', 'c_in']]);
    const source = spec.multiplierStages > 0 ? 'p_q' : 'product';
    const body = spec.multiplierStages > 0 ? [] : [`product[p] = ${this.#factors()};`];
    const addend = resize(`${source}[p]`, product.widthBits, widthBits, product.signed);
    this.#step('Sums', [this.#everywhere(...body, `c_d[p] = c_in[p] + ${addend};`)], [], [['c', 'c_d']]);
  }

  #shadow(): void {
    const { shadow, lines, spec } = this.#design;
    const take = spec.multiplierStages > 0 ? 'last_p_q' : 'last_q';
    this.#array('s_d', shadow!.widthBits);
    const next = shadow!.drains ? `${take}[p] ? ${this.#tail('c', lines.c.delayCycles)}[p] : s_in[p]` : 's_in[p]';
    this.#step('The shadow chain takes finished sums', [this.#everywhere(`s_d[p] = ${next};`)], [], []);
  }

  /** All registers take their next values, the last of each chain first. */
  #clock(): void {
    const { lines, tokens, shadow, spec } = this.#design;
    const body: string[] = [];
    const chain = (name: string, delayCycles: number, source: string) => {
      for (let n = delayCycles - 1; n >= 1; n--) {
        body.push(`${name}_link${n}_q[p] = ${n === 1 ? source : `${name}_link${n - 1}_q`}[p];`);
      }
      body.push(`${name}_q[p] = ${name}_d[p];`);
    };
    const carrierDelay = tokens ? lines[tokens.carrier].delayCycles : 1;
    for (const name of tokens?.names ?? []) {
      if (spec.multiplierStages > 0 && shadow!.drains) body.push(`${name}_p_q[p] = ${name}_q[p];`);
      chain(name, carrierDelay, `${name}_q`);
    }
    for (const { line, delayCycles } of [lines.a, lines.b]) chain(line, delayCycles, this.#source(line));
    if (spec.multiplierStages > 0) body.push('p_q[p] = p_d[p];');
    chain('c', lines.c.delayCycles, 'c_q');
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
