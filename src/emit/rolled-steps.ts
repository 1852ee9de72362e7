import type { Design } from '../design/design.ts';
import type { FaultNode } from '../fault/fault.ts';
import { literal, range } from './verilog.ts';

/** A loop over consecutive PEs. */
export interface LoopView {
  readonly first: number;
  readonly last: number;
  readonly body: readonly string[];
}

/** One stage of the data flow of a cycle: loops over PEs, then single statements, then the faults of its nodes. */
export interface StepView {
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

/** An array of one value for each PE. */
export interface ArrayView {
  readonly range: string;
  readonly name: string;
}

/** An array of registers. */
export interface RegisterView extends ArrayView {
  readonly reset: string;
}

/** A fault node and the array that holds its values. */
type TappedNode = readonly [node: FaultNode, array: string];

/** Collects the steps of a cycle and the arrays that they compute in. */
export class RolledSteps {
  readonly design: Design;
  readonly arrays: ArrayView[] = [];
  /** Registers within an operation. */
  readonly stages: RegisterView[] = [];
  readonly steps: StepView[] = [];

  constructor(design: Design) {
    this.design = design;
  }

  get faulty(): boolean {
    return this.design.spec.faultSlots > 0;
  }

  everywhere(...body: string[]): LoopView {
    return { first: 0, last: this.design.pes.length - 1, body };
  }

  addArray(name: string, widthBits: number): void {
    this.arrays.push({ name, range: range(widthBits) });
  }

  /** Add a step; its faults only where there are slots and the design has such a node. */
  addStep(
    comment: string,
    loops: readonly LoopView[],
    nodes: readonly TappedNode[] = [],
    statements: readonly string[] = [],
  ): void {
    const { faultSites, faultPort } = this.design;
    const taps = nodes.flatMap(([node, array]) => {
      const site = this.faulty && faultSites.find((candidate) => candidate.node === node);
      if (!site) return [];
      const bits = site.widthBits === faultPort.dataBits ? '' : `[${site.widthBits - 1}:0]`;
      return [{ node, code: literal(faultPort.nodeBits, site.code), array, bits }];
    });
    this.steps.push({ comment, loops, statements, taps });
  }

  /** Add a step that does nothing but apply the faults of a node. */
  addTap(comment: string, node: FaultNode, array: string): void {
    if (this.faulty) this.addStep(comment, [], [[node, array]]);
  }

  /** Add the registers within an operation; returns what a loop does to give a target its result of so many cycles ago. */
  addStages(name: string, widthBits: number, latency: number): (target: string, result: string) => string[] {
    const stage = (n: number) => `${name}_stage${n}`;
    for (let n = 1; n <= latency; n++) {
      this.stages.push({ name: stage(n), range: range(widthBits), reset: `${widthBits}'d0` });
    }
    if (latency === 0) return (target, result) => [`${target}[p] = ${result};`];
    return (target, result) => [
      `${target}[p] = ${stage(latency)}[p];`,
      ...Array.from({ length: latency - 1 }, (_, n) => `${stage(latency - n)}[p] = ${stage(latency - n - 1)}[p];`),
      `${stage(1)}[p] = ${result};`,
    ];
  }
}
