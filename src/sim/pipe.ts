import type { Value } from '../dtype/arithmetic.ts';

/** A register per PE with the delay registers behind it. */
export class Pipe {
  readonly #stages: Value[][];

  constructor(count: number, depth: number, zero: Value) {
    this.#stages = Array.from({ length: depth }, () => new Array<Value>(count).fill(zero));
  }

  /** The register itself. */
  get head(): readonly Value[] {
    return this.#stages[0]!;
  }

  /** The last delay register, or the register itself where there is none. */
  get tail(): readonly Value[] {
    return this.#stages.at(-1)!;
  }

  /** The register (0) or its n-th delay register. */
  stage(n: number): readonly Value[] {
    return this.#stages[n]!;
  }

  /** What a stage behind the register takes at the next shift. */
  before(n: number): Value[] {
    return this.#stages[n - 1]!;
  }

  /** How many delay registers follow the register. */
  get links(): number {
    return this.#stages.length - 1;
  }

  /** Change what the first delay register will take at the next shift. */
  forward(values: Value[]): void {
    this.#stages[0] = values;
  }

  /** Let every stage take the value of the one before and the register the given values; returns storage to reuse. */
  shift(values: Value[]): Value[] {
    this.#stages.unshift(values);
    return this.#stages.pop()!;
  }
}
