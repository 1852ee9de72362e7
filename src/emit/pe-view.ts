import type { Design, LineDesign } from '../design/design.ts';
import { delayedTokens } from '../design/registers.ts';
import type { FaultNode } from '../fault/fault.ts';
import { cleanName, type FaultView, faultView } from './fault-view.ts';
import { adderOf, type InstanceView, multiplierOf } from './operators.ts';
import { pePorts } from './pe-ports.ts';
import type { PortGroup } from './ports.ts';
import { range, resize } from './verilog.ts';

/** A wire driven by an expression, by a fault tap whose input is the expression, or by an operator. */
interface WireView {
  readonly range: string;
  readonly name: string;
  readonly expression: string;
  readonly comment: string | null;
  /** The module instance that drives the wire, or null. */
  readonly instance: InstanceView | null;
  /** Where faults act on the wire, or null. */
  readonly tap: TapView | null;
}

/** A fault tap: what it lets through, and the ports and wires that tell it of faults. */
interface TapView {
  readonly node: FaultNode;
  readonly widthBits: number;
  readonly value: string;
  /** Whether the value is a register that needs no wire. */
  readonly late: boolean;
  readonly hit: string;
  readonly keep: string;
  readonly toggle: string;
}

interface RegisterView {
  readonly range: string;
  readonly name: string;
  readonly next: string;
  readonly reset: string;
}

/** What `pe.v.hbs` prints: ports, wires in the order of the data flow, registers, outputs. */
interface PeView {
  readonly portGroups: readonly PortGroup[];
  readonly wires: readonly WireView[];
  readonly registers: readonly RegisterView[];
  readonly outputs: readonly { readonly name: string; readonly expression: string }[];
  /** Bits that the PE ignores on purpose. */
  readonly unused: readonly string[];
}

/** Lay out the PE of a design: the recurrences of its registers, whatever its place in the array. */
export function peView(design: Design): PeView {
  return new PeBuilder(design).build();
}

class PeBuilder {
  readonly #design: Design;
  readonly #faults: FaultView | null;
  readonly #wires: WireView[] = [];
  readonly #registers: RegisterView[] = [];
  readonly #outputs: { name: string; expression: string }[] = [];
  readonly #unused: string[] = [];
  /** The last register of line c. */
  #sumTail = '';

  constructor(design: Design) {
    this.#design = design;
    this.#faults = faultView(design);
  }

  build(): PeView {
    const { lines, tokens, shadow } = this.#design;
    this.#accumulator();
    for (const name of tokens?.names ?? []) this.#token(name);
    this.#operand(lines.a);
    this.#operand(lines.b);
    const addend = this.#product();
    this.#sum(addend);
    if (shadow) this.#shadow();
    this.#shown();
    return {
      portGroups: pePorts(this.#design),
      wires: this.#wires,
      registers: this.#registers,
      outputs: this.#outputs,
      unused: this.#unused,
    };
  }

  /** Register c; with faults the register behind it holds what faults have not touched yet. */
  #accumulator(): void {
    const { widthBits } = this.#design.lines.c;
    const site = this.#faults?.nodes.find(({ node }) => node === 'c');
    if (!site) {
      this.#register('c_q', widthBits, 'c_d');
      return;
    }
    this.#register('c_clean_q', widthBits, 'c_d');
    this.#register('c_hit_q', this.#design.spec.faultSlots, `fault_hit_i & fault_node_i${site.lines}`);
    const tap: TapView = {
      node: 'c',
      widthBits,
      value: 'c_clean_q',
      late: true,
      hit: 'c_hit_q',
      keep: 'fault_late_keep_i',
      toggle: 'fault_late_toggle_i',
    };
    const comment = 'register c, with the faults of the cycle in which it took its value';
    this.#wires.push({ range: range(widthBits), name: 'c_q', expression: '', comment, instance: null, tap });
  }

  /** What the nodes take without faults, for the grid to tell which faults change it. */
  #shown(): void {
    for (const { tap } of this.#wires) if (tap) this.#output(`fault_${tap.node}_o`, tap.value);
  }

  #token(name: 'first' | 'last'): void {
    const { tokens, lines, shadow, spec } = this.#design;
    this.#wire(`${name}_d`, 1, `${name}_i`, { node: name });
    this.#register(`${name}_q`, 1, `${name}_d`);
    const tail = this.#links(name, 1, `${name}_q`, lines[tokens!.carrier].delayCycles);
    this.#output(`${name}_o`, tail);
    if (!shadow!.drains) return;
    let source = `${name}_q`;
    for (const delayed of delayedTokens(name, spec)) {
      this.#register(delayed, 1, source);
      source = delayed;
    }
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

  /** The product, as an addend of the accumulator's width. */
  #product(): string {
    const { lines, product, spec, pipeline } = this.#design;
    const bits = product.widthBits;
    const multiplier = multiplierOf(this.#design, 'product');
    if (multiplier) this.#operator('product', bits, multiplier);
    else this.#exactProduct();
    let source = 'product';
    for (let n = 1; n <= pipeline.productDelays; n++) {
      this.#register(`product${n}_q`, bits, source);
      source = `product${n}_q`;
    }
    if (spec.multiplierStages > 0) {
      this.#wire('p_d', bits, source, { node: 'p' });
      this.#register('p_q', bits, 'p_d');
      source = 'p_q';
    }
    if (bits > lines.c.widthBits) this.#unused.push(`${source}[${bits - 1}:${lines.c.widthBits}]`);
    this.#wire('addend', lines.c.widthBits, resize(source, bits, lines.c.widthBits, product.signed));
    return 'addend';
  }

  #exactProduct(): void {
    const { lines, product } = this.#design;
    const { a, b } = lines;
    const bits = product.widthBits;
    const comment = 'the exact product, from both factors at its width';
    this.#wire('a_factor', bits, resize('a_q', a.widthBits, bits, a.signed), { comment });
    this.#wire('b_factor', bits, resize('b_q', b.widthBits, bits, b.signed));
    this.#wire('product', bits, 'a_factor * b_factor');
  }

  #sum(addend: string): void {
    const { lines, spec, pipeline } = this.#design;
    const { stationary, widthBits, delayCycles } = lines.c;
    const tail = this.#links('c', widthBits, 'c_q', delayCycles - pipeline.adderLatency);
    const load = ['first_q', ...delayedTokens('first', spec)].at(-1)!;
    const entering = stationary ? `${load} ? s_i : ${tail}` : 'c_i';
    this.#wire('c_in', widthBits, entering, { node: 'c_in', ...(stationary ? { comment: 'c stays here' } : {}) });
    const adder = adderOf(this.#design, { sum: 'c_in', addend, result: 'sum' });
    if (adder) this.#operator('sum', widthBits, adder);
    else this.#wire('sum', widthBits, this.#addition(addend));
    this.#wire('c_d', widthBits, 'sum');
    this.#sumTail = tail;
    if (!stationary) this.#output('c_o', tail);
  }

  /**
   * Signed where the product is: a synthesis tool then sees that the addend is but a narrow number. Not beside an inferred
   * multiplier without a register, with which it would build one large adder tree.
   */
  #addition(addend: string): string {
    const { product, spec } = this.#design;
    const alone = spec.multiplierStages > 0 || spec.multiplierStyle === 'booth';
    return product.signed && alone ? `$signed(c_in) + $signed(${addend})` : `c_in + ${addend}`;
  }

  #shadow(): void {
    const { shadow, spec } = this.#design;
    const { widthBits, delayCycles, drains } = shadow!;
    const take = ['last_q', ...delayedTokens('last', spec)].at(-1)!;
    const next = drains ? `${take} ? ${this.#sumTail} : s_i` : 's_i';
    const comment = drains
      ? 'the finished sum leaves in the slot that brought the new one'
      : 'passes on, loaded or not';
    this.#wire('s_d', widthBits, next, { node: 's', comment });
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
    const site = this.#faults?.nodes.find((candidate) => candidate.node === node);
    const tap = site
      ? {
          node: site.node,
          widthBits,
          value: cleanName(name),
          late: false,
          hit: `fault_hit_i & fault_node_i${site.lines}`,
          keep: 'fault_keep_i',
          toggle: 'fault_toggle_i',
        }
      : null;
    this.#wires.push({ range: range(widthBits), name, expression, comment: comment ?? null, instance: null, tap });
  }

  /** Add a wire that a module drives. */
  #operator(name: string, widthBits: number, instance: InstanceView): void {
    const { comment } = instance;
    this.#wires.push({ range: range(widthBits), name, expression: name, comment, instance, tap: null });
  }

  #register(name: string, widthBits: number, next: string): void {
    this.#registers.push({ range: range(widthBits), name, next, reset: `${widthBits}'d0` });
  }

  #output(name: string, expression: string): void {
    this.#outputs.push({ name, expression });
  }
}
