import { elementTexts } from '../../dtype/element-text.ts';
import { compareResults } from '../../onnx/run/reference-layer.ts';
import { allocate, bitsOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import { channelOf, pixelOf, productLines } from '../engine/layer-lines.ts';
import { PatternFinder } from '../engine/pattern.ts';
import type { RecordedLayer } from '../engine/recorded-layer.ts';
import type { ElementChange, SumsReplay, TensorChange } from './replay-report.ts';

/** How many changed sums are told one by one. */
const TOLD = 8;

/** Say which sums of a layer a fault changed. */
export function changedSums(
  { products, sums: clean }: RecordedLayer,
  faulty: Tensor,
  [n1, n2]: readonly [n1: number, n2: number, n3: number],
): SumsReplay {
  const [before, after] = [bitsOf(clean.data), bitsOf(faulty.data)];
  const lines = products.map(productLines);
  const pattern = new PatternFinder(lines[0]?.channelsAreRows ? [n2, n1] : [n1, n2]);
  for (const line of lines) {
    for (const [element, place] of line.places.entries()) {
      if (place < 0 || before[place] === after[place]) continue;
      pattern.add(pixelOf(line, element), channelOf(line, element));
    }
  }
  return { ...tensorChange(clean, faulty), pattern: pattern.pattern, first: firstChanges(clean, faulty) };
}

/** Say how far a tensor under a fault is from the one without. */
export function tensorChange(clean: Tensor, faulty: Tensor): TensorChange {
  const { elements, differing, maxAbsolute } = compareResults(faulty, clean);
  return { type: clean.type, shape: clean.shape, elements, changed: differing, largestDifference: maxAbsolute };
}

function firstChanges(clean: Tensor, faulty: Tensor): ElementChange[] {
  const [before, after] = [bitsOf(clean.data), bitsOf(faulty.data)];
  const found: ElementChange[] = [];
  for (let at = 0; at < before.length && found.length < TOLD; at++) {
    if (before[at] === after[at]) continue;
    found.push({
      position: positionOf(clean.shape, at),
      clean: textAt(clean, at),
      faulty: textAt(faulty, at),
      cleanBits: hexBits(before[at]!, clean),
      faultyBits: hexBits(after[at]!, clean),
    });
  }
  return found;
}

/** Turn the place of an element into indices, without that of the only image. */
function positionOf(shape: readonly number[], place: number): number[] {
  const position: number[] = [];
  let rest = place;
  for (const side of shape.toReversed()) {
    position.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return shape.length > 1 && shape[0] === 1 ? position.slice(1) : position;
}

function textAt({ type, data }: Tensor, at: number): string {
  const one = allocate(type, 1);
  bitsOf(one)[0] = bitsOf(data)[at]!;
  return elementTexts(tensor(type, [1], one))[0]!;
}

function hexBits(bits: number | bigint, { data: { BYTES_PER_ELEMENT: bytes } }: Tensor): string {
  return `0x${BigInt.asUintN(8 * bytes, BigInt(bits))
    .toString(16)
    .padStart(2 * bytes, '0')}`;
}
