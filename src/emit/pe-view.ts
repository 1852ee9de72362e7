import type { Design, LineDesign } from '../design/design.ts';
import type { FaultNode } from '../fault/fault.ts';
import { CONTROL_GROUP, cycles, type PortGroup, type PortView } from './ports.ts';
import { range, resize } from './verilog.ts';

/** A wire driven by an expression, or by a fault tap whose input is the expression. */
interface WireView {
  readonly range: string;
  readonly name: string;
  readonly expression: string;
  readonly comment: string | null;
  /** The fault site that the wire passes, or null. */
  readonly tap: { readonly node: FaultNode; readonly code: number; readonly widthBits: number } | null;
}

interface RegisterView {
  readonly range: string;
  readonly name: string;
  readonly next: string;
}

/** What `pe.v.hbs` prints: ports, wires in the order of the data flow, registers, outputs. */
interface PeView {
  readonly portGroups: readonly PortGroup[];
  readonly wires: readonly WireView[];
  readonly registers: readonly RegisterView[];
  readonly outputs: readonly { readonly name: string; readonly expression: string }[];
  /** Bits that the PE ignores on purpose. */
  readonly unused: readonly string[];
  readonly taps: readonly string[];
}

/** Lay out the PE of a design: the recurrences of its registers, whatever its place in the array. */
export function peView(design: Design): PeView {
  return new PeBuilder(design).build();
}

class PeBuilder {
  readonly #design: Design;
  readonly #wires: WireView[] = [];
  readonly #registers: RegisterView[] = [];
  readonly #outputs: { name: string; expression: string }[] = [];
  readonly #unused: string[] = [];

  constructor(design: Design) {
    this.#design = design;
  }

  build(): PeView {
    const { lines, tokens, shadow, spec } = this.#design;
    for (const name of tokens?.names ?? []) this.#token(name);
    this.#operand(lines.a);
    this.#operand(lines.b);
    const addend = this.#product();
    this.#sum(addend);
    if (shadow) this.#shadow();
    const taps = spec.faultSlots > 0 ? this.#wires.filter(({ tap }) => tap).map(({ name }) => name) : [];
    return {
      portGroups: pePorts(this.#design),
      wires: this.#wires,
      registers: this.#registers,
      outputs: this.#outputs,
      unused: this.#unused,
      taps,
    };
  }

  #token(name: 'first' | 'last'): void {
    const { tokens, lines, shadow, spec } = this.#design;
    this.#wire(`${name}_d`, 1, `${name}_i`, { node: name });
    this.#register(`${name}_q`, 1, `${name}_d`);
    const tail = this.#links(name, 1, `${name}_q`, lines[tokens!.carrier].delayCycles);
    this.#output(`${name}_o`, tail);
    if (shadow!.drains && spec.multiplierStages > 0) this.#register(`${name}_p_q`, 1, `${name}_q`);
  }

  /** Line a or b: taken from upstream, or held and loaded by `first`. */
  #operand({ line, stationary, widthBits, delayCycles }: LineDesign): void {
    const node = line as 'a' | 'b';
    if (stationary) {
      const tail = this.#links(line, widthBits, `${line}_q`, delayCycles);
      this.#wire(`${line}_d`, widthBits, `first_d ? s_i : ${tail}`, { node, comment: `${line} stays here` });
      this.#register(`${line}_q`, widthBits, `${line}_d`);
      return;
    }
    this.#wire(`${line}_d`, widthBits, `${line}_i`, { node });
    this.#register(`${line}_q`, widthBits, `${line}_d`);
    this.#wire(`${line}_forward`, widthBits, `${line}_q`, { node: `${node}_out`, comment: 'what the next PE gets' });
    this.#output(`${line}_o`, this.#links(line, widthBits, `${line}_forward`, delayCycles));
  }

  /** The exact product, as an addend of the accumulator's width. */
  #product(): string {
    const { lines, product, spec } = this.#design;
    const { a, b, c } = lines;
    const bits = product.widthBits;
    const comment = 'the exact product, from both factors at its width';
    this.#wire('a_factor', bits, resize('a_q', a.widthBits, bits, a.signed), { comment });
    this.#wire('b_factor', bits, resize('b_q', b.widthBits, bits, b.signed));
    this.#wire('product', bits, 'a_factor * b_factor');
    let source = 'product';
    if (spec.multiplierStages > 0) {
      this.#wire('p_d', bits, 'product', { node: 'p' });
      this.#register('p_q', bits, 'p_d');
      source = 'p_q';
    }
    if (bits > c.widthBits) this.#unused.push(`${source}[${bits - 1}:${c.widthBits}]`);
    this.#wire('addend', c.widthBits, resize(source, bits, c.widthBits, product.signed));
    return 'addend';
  }

  #sum(addend: string): void {
    const { lines, spec } = this.#design;
    const { stationary, widthBits, delayCycles } = lines.c;
    const tail = this.#links('c', widthBits, 'c_q', delayCycles);
    const load = spec.multiplierStages > 0 ? 'first_p_q' : 'first_q';
    const entering = stationary ? `${load} ? s_i : ${tail}` : 'c_i';
    this.#wire('c_in', widthBits, entering, { node: 'c_in', ...(stationary ? { comment: 'c stays here' } : {}) });
    this.#wire('sum', widthBits, `c_in + ${addend}`);
    this.#wire('c_d', widthBits, 'sum', { node: 'c' });
    this.#register('c_q', widthBits, 'c_d');
    if (!stationary) this.#output('c_o', tail);
  }

  #shadow(): void {
    const { shadow, lines, spec } = this.#design;
    const { widthBits, delayCycles, drains } = shadow!;
    const take = spec.multiplierStages > 0 ? 'last_p_q' : 'last_q';
    const sum = lines.c.delayCycles === 1 ? 'c_q' : `c_link${lines.c.delayCycles - 1}_q`;
    const next = drains ? `${take} ? ${sum} : s_i` : 's_i';
    const comment = drains
      ? 'the finished sum leaves in the slot that brought the new one'
      : 'passes on, loaded or not';
    this.#wire('s_d', widthBits, next, { comment });
    this.#register('s_q', widthBits, 's_d');
    this.#output('s_o', this.#links('s', widthBits, 's_q', delayCycles));
  }

  /** Add the registers that stretch a step to its delay; returns the name of the last one. */
  #links(name: string, widthBits: number, source: string, delayCycles: number): string {
    let tail = source;
    for (let n = 1; n < delayCycles; n++) {
      this.#register(`${name}_link${n}_q`, widthBits, tail);
      tail = `${name}_link${n}_q`;
    }
    return tail;
  }

  #wire(
    name: string,
    widthBits: number,
    expression: string,
    { node, comment }: { node?: FaultNode; comment?: string } = {},
  ): void {
    const site = this.#design.faultSites.find((candidate) => candidate.node === node);
    const tap = site && this.#design.spec.faultSlots > 0 ? site : null;
    this.#wires.push({ range: range(widthBits), name, expression, comment: comment ?? null, tap });
  }

  #register(name: string, widthBits: number, next: string): void {
    this.#registers.push({ range: range(widthBits), name, next });
  }

  #output(name: string, expression: string): void {
    this.#outputs.push({ name, expression });
  }
}

/** The ports of a PE, in groups. */
function pePorts({ lines, shadow, tokens, spec, faultPort }: Design): PortGroup[] {
  const pair = (name: string, widthBits: number): PortView[] => [
    { direction: 'input ', range: range(widthBits), name: `${name}_i` },
    { direction: 'output', range: range(widthBits), name: `${name}_o` },
  ];
  const groups: PortGroup[] = [CONTROL_GROUP];
  for (const { line, network, widthBits, delayCycles } of Object.values(lines)) {
    if (!network) continue;
    const comment = `line ${line}: moves by (${network.flow.join(', ')}) in ${cycles(delayCycles)}`;
    groups.push({ comment, ports: pair(line, widthBits) });
  }
  if (tokens) {
    const comment = `control tokens: travel beside line ${tokens.carrier}`;
    groups.push({ comment, ports: tokens.names.flatMap((name) => pair(name, 1)) });
  }
  if (shadow) {
    const what = shadow.drains ? 'loads and drains c' : 'loads the stationary line';
    const comment = `shadow chain: ${what}, moves by (${shadow.flow.join(', ')}) in ${cycles(shadow.delayCycles)}`;
    groups.push({ comment, ports: pair('s', shadow.widthBits) });
  }
  if (spec.faultSlots > 0) {
    const slots = spec.faultSlots;
    const input = (name: string, widthBits: number): PortView => ({
      direction: 'input ',
      range: `[${widthBits - 1}:0] `,
      name,
    });
    groups.push({
      comment: `faults: ${slots} slots, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle`,
      ports: [
        input('fault_hit_i', slots),
        input('fault_node_i', slots * faultPort.nodeBits),
        input('fault_keep_i', slots * faultPort.dataBits),
        input('fault_toggle_i', slots * faultPort.dataBits),
        { direction: 'output', range: `[${slots - 1}:0] `, name: 'fault_fired_o' },
      ],
    });
  }
  return groups;
}
