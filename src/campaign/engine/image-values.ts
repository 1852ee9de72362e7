import { bitsOf, elementCount, type Tensor, type TensorData, tensor } from '../../tensor/tensor.ts';

/** Values of a model for one image, by name: what ONNX Runtime gives for a batch of one. */
export type ImageValues = ReadonlyMap<string, Tensor>;

/**
 * Part values of a batch into those of its images.
 * @returns null when one of them has no axis of the batch in front
 */
export function splitValues(values: ReadonlyMap<string, Tensor>, images: number): ImageValues[] | null {
  const parts: Map<string, Tensor>[] = Array.from({ length: images }, () => new Map());
  for (const [name, { type, shape, data }] of values) {
    const [batch, ...rest] = shape;
    if (batch !== images) return null;
    const size = elementCount(rest);
    for (let n = 0; n < images; n++) {
      const own = data.slice(n * size, (n + 1) * size) as TensorData;
      parts[n]!.set(name, tensor(type, [1, ...rest], own));
    }
  }
  return parts;
}

/** Tell whether two tensors are the same, bit for bit. */
export function sameBits(x: Tensor, y: Tensor): boolean {
  if (x.type !== y.type || String(x.shape) !== String(y.shape)) return false;
  return Buffer.compare(bytesOf(x.data), bytesOf(y.data)) === 0;
}

/** Tell whether values are the same, bit for bit. */
export function sameValues(x: ImageValues, y: ImageValues): boolean {
  return x.size === y.size && [...x].every(([name, value]) => y.has(name) && sameBits(value, y.get(name)!));
}

/** The bytes of storage; shared. */
export function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Make what reads elements of storage as 32-bit words: narrower integers as the numbers that they are, wider ones cut. */
export function wordReader(data: TensorData): (at: number) => number {
  const words = bitsOf(data);
  if (words instanceof BigInt64Array || words instanceof BigUint64Array) {
    return (at) => Number(BigInt.asIntN(32, words[at]!));
  }
  return (at) => words[at]! | 0;
}
