import { numberReader } from '../../dtype/element-store.ts';
import { ModelError } from '../../errors.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import { type ElementType, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { NodeProto } from '../file/messages.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import type { Lowering } from '../lowering/lowering.ts';
import type { LayerProducts } from '../lowering/product-shape.ts';
import type { ArrayPort } from '../run/array-port.ts';
import type { ValueType } from '../run/session.ts';
import { enumerate } from '../wording.ts';
import type { LayerEnding } from './layer-ending.ts';

/** The element types of quantised layers. */
export const BYTES = ['uint8', 'int8'] as const satisfies readonly ElementType[];

/** Computes a layer from its inputs, in the order of the node; null for an optional input that is left out. */
export type LayerRun = (inputs: readonly (Tensor | null)[], port: ArrayPort) => Promise<Tensor>;

/** An ONNX operator whose matrix products can run on an array. */
export interface LayerOperator {
  readonly opType: string;
  /** The operator set that it belongs to; empty for the standard one. */
  readonly domain: string;
  /** Say why a node of this operator cannot run on any array; null when it can. */
  refuse(node: NodeProto, graph: GraphIndex): string | null;
  /** Say why a node cannot run on an array of these dtypes, as far as the file tells; null when it can. */
  refuseArray(node: NodeProto, graph: GraphIndex, types: ArraySpec['types']): string | null;
  /** Tell what is known of the result from what is known of the inputs; null stands for an input left out. */
  resultType(inputs: readonly (ValueType | null)[]): ValueType;
  /**
   * Work out from shapes alone which matrix products `prepare(node, lowering)` will hand to the array.
   * @param inputShapes in the order of the node; null for an optional input that is left out
   * @param lowering of convolutions; others have no choice of one
   * @throws {ModelError} for shapes that do not go together.
   */
  products(node: NodeProto, inputShapes: readonly (readonly number[] | null)[], lowering: Lowering): LayerProducts;
  /**
   * Make what turns single sums into elements of the result, from the inputs of the node and the shape of its result; null
   * where only a run of the whole layer can. Of floating point it is for layers and arrays of float32 throughout.
   */
  ending?(node: NodeProto, inputs: readonly (Tensor | null)[], shape: readonly number[]): LayerEnding | null;
  /** Make ready what depends on the node and the lowering of convolutions only. */
  prepare(node: NodeProto, lowering: Lowering): LayerRun;
}

/**
 * Take an input that the operator must have.
 * @throws {ModelError} naming the input when it is left out or has another element type.
 */
export function requiredInput<T extends ElementType>(
  inputs: readonly (Tensor | null)[],
  index: number,
  name: string,
  types: readonly T[],
): Tensor<T> {
  const value = inputs[index];
  if (!value) throw new ModelError(`input ${index} (${name}) is missing`);
  return checkType(value, name, types);
}

/** Take an input that may be left out; likewise. */
export function optionalInput<T extends ElementType>(
  inputs: readonly (Tensor | null)[],
  index: number,
  name: string,
  types: readonly T[],
): Tensor<T> | null {
  const value = inputs[index] ?? null;
  return value && checkType(value, name, types);
}

/** Take a zero point; one that is left out is 0 of the first of the types. */
export function zeroPoint<T extends ElementType>(
  inputs: readonly (Tensor | null)[],
  index: number,
  name: string,
  types: readonly [T, ...T[]],
): Tensor<T> {
  return optionalInput(inputs, index, name, types) ?? tensor(types[0], []);
}

/**
 * Take the only element of a parameter such as a scale or zero point.
 * @throws {ModelError} when it has more or none.
 */
export function scalar(value: Tensor | null, name: string, fallback: number): number {
  if (!value) return fallback;
  if (value.data.length !== 1) throw new ModelError(`${name} must be one number, not of shape [${value.shape}]`);
  return numbersOf(value)[0]!;
}

/** Read all elements of a tensor as numbers; 64-bit integers lose what binary64 does not hold. */
export function numbersOf({ type, data }: Tensor): Float64Array {
  const read = numberReader(type);
  return Float64Array.from({ length: data.length }, (_, at) => Number(read(data, at)));
}

/**
 * Take one number per channel; a single one serves all channels.
 * @throws {ModelError} when there is any other number of them.
 */
export function perChannel(value: Tensor | null, name: string, channels: number): Float64Array {
  if (!value) return new Float64Array(channels);
  const { length } = value.data;
  if (length === 1) return new Float64Array(channels).fill(numbersOf(value)[0]!);
  if (length !== channels) throw new ModelError(`${name} must be one number or ${channels}, not ${length}`);
  return numbersOf(value);
}

function checkType<T extends ElementType>(value: Tensor, name: string, types: readonly T[]): Tensor<T> {
  if ((types as readonly ElementType[]).includes(value.type)) return value as Tensor<T>;
  throw new ModelError(`${name} must be ${enumerate(types, 'or')}, not ${value.type}`);
}
