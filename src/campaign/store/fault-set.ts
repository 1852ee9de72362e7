/** Numbers of faults, one bit each. */
export class FaultSet {
  #bytes = new Uint8Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(n: number): boolean {
    return ((this.#bytes[Math.floor(n / 8)] ?? 0) & (1 << (n % 8))) !== 0;
  }

  /** Add a number; numbers from 0 on, as many bytes are held as an eighth of the highest. */
  add(n: number): void {
    if (this.has(n)) return;
    const at = Math.floor(n / 8);
    if (at >= this.#bytes.length) this.#grow(at + 1);
    this.#bytes[at]! |= 1 << (n % 8);
    this.#size++;
  }

  /** The numbers in ascending order. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (const [at, byte] of this.#bytes.entries()) {
      for (let bit = 0; byte >> bit !== 0; bit++) if ((byte >> bit) & 1) yield at * 8 + bit;
    }
  }

  #grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
