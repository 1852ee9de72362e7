import type { Pattern } from '../outcome.ts';

/** Collects where wrong elements lie among output pixels (rows) and channels (columns), and names their pattern. */
export class PatternFinder {
  readonly #tile: readonly [pixels: number, channels: number];
  #count = 0;
  #firstPixel = 0;
  #firstChannel = 0;
  #onePixel = true;
  #oneChannel = true;
  #oneTile = true;

  /** @param tile how many pixels and channels one tile of the array has */
  constructor(tile: readonly [pixels: number, channels: number]) {
    this.#tile = tile;
  }

  clear(): void {
    this.#count = 0;
    this.#onePixel = true;
    this.#oneChannel = true;
    this.#oneTile = true;
  }

  add(pixel: number, channel: number): void {
    if (this.#count++ === 0) {
      this.#firstPixel = pixel;
      this.#firstChannel = channel;
      return;
    }
    if (pixel !== this.#firstPixel) this.#onePixel = false;
    if (channel !== this.#firstChannel) this.#oneChannel = false;
    if (!this.#oneTile) return;
    const [pixels, channels] = this.#tile;
    this.#oneTile =
      Math.floor(pixel / pixels) === Math.floor(this.#firstPixel / pixels) &&
      Math.floor(channel / channels) === Math.floor(this.#firstChannel / channels);
  }

  get count(): number {
    return this.#count;
  }

  /** Null when nothing is wrong. */
  get pattern(): Pattern | null {
    if (this.#count === 0) return null;
    if (this.#count === 1) return 'single';
    if (this.#onePixel) return 'row';
    if (this.#oneChannel) return 'column';
    return this.#oneTile ? 'block' : 'scattered';
  }
}
