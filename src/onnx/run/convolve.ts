import type { Backend } from '../../backend/backend.ts';
import { functionalBackend } from '../../backend/functional.ts';
import { toFault } from '../../backend/to-fault.ts';
import { buildDesign } from '../../design/build-design.ts';
import type { Design } from '../../design/design.ts';
import { ModelError } from '../../errors.ts';
import type { Fault } from '../../fault/fault.ts';
import { parseSpec } from '../../spec/parse.ts';
import { selectArray } from '../../spec/select-item.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { type AttributeProto, make } from '../file/messages.ts';
import type { AutoPad } from '../lowering/conv-geometry.ts';
import { checkLowering, DEFAULT_LOWERING, type Lowering } from '../lowering/lowering.ts';
import { integerProblem } from '../operators/array-fit.ts';
import { CONV, CONV_INTEGER } from '../operators/conv-operators.ts';
import { openPort } from './array-port.ts';
import type { LayerReport } from './layer-report.ts';
import { placeFault } from './placed-fault.ts';

/** What a convolution is, in the terms of the ONNX operator Conv; each may be left out. */
export interface ConvolveOptions {
  /** One per spatial axis, 1 when left out. */
  readonly strides?: readonly number[] | undefined;
  /** The begin of every spatial axis, then the end of every one; 0 when left out. */
  readonly pads?: readonly number[] | undefined;
  /** One per spatial axis, 1 when left out. */
  readonly dilations?: readonly number[] | undefined;
  /** 1 when left out. */
  readonly group?: number | undefined;
  /** `NOTSET`, which takes `pads`, when left out. */
  readonly autoPad?: AutoPad | undefined;
  /** [O], of the type of the data; int32 for integers, where sums wrap modulo 2^32. */
  readonly bias?: Tensor | undefined;
  /** How the convolution becomes matrix products, `im2col` when left out. */
  readonly lowering?: Lowering | undefined;
  /** Faults that act at once in every product, or their texts as in the spec language. */
  readonly faults?: readonly (Fault | string)[] | undefined;
  /** The only output channel in which the faults show; all when left out. */
  readonly faultChannel?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The result of a convolution, and what the array did for it as a {@link LayerReport} says it. */
export interface ConvolveResult
  extends Pick<LayerReport, 'lowering' | 'products' | 'macs' | 'stats' | 'faults' | 'accumulator'> {
  /** [N, O, …]: int32 for integers, the type of the data in floating point. */
  readonly result: Tensor;
}

/**
 * Convolve data with weights on an array, over any number of spatial axes (cross-correlation, as in ONNX).
 * @param backend the array; integers need one of integers, floating point one whose a and b have the type of the data
 * @param data [N, C, …]: int8 or uint8, float16, float32 or float64
 * @param weights [O, C / group, …]: int8 or uint8 for integers, else of the type of the data
 * @throws {ModelError} for shapes, types or attributes that do not go together or do not fit the array; {SpecError} and
 *   {FaultError} for a fault that is none or that the array cannot have.
 */
export async function convolve(
  backend: Backend,
  data: Tensor,
  weights: Tensor,
  { bias, faults = [], faultChannel, lowering, signal, ...geometry }: ConvolveOptions = {},
): Promise<ConvolveResult> {
  const isFloat = /float/.test(data.type);
  const operator = isFloat ? CONV : CONV_INTEGER;
  const node = make('NodeProto', {
    name: 'convolution',
    opType: operator.opType,
    input: ['data', 'weights'],
    output: ['result'],
    attribute: attributesOf(geometry),
  });
  const { design } = backend;
  const problem = isFloat ? null : integerProblem(design.spec.types);
  if (problem) throw new ModelError(problem);
  const { port, report } = openPort(backend, {
    faults: faults.map((fault) => {
      const resolved = toFault(design, fault);
      return placeFault(resolved, { channel: faultChannel }, []);
    }),
    signal,
  });
  const run = operator.prepare(node, checkLowering(lowering ?? DEFAULT_LOWERING));
  const sums = await run(isFloat ? [data, weights, bias ?? null] : [data, weights], port);
  const result = bias && !isFloat ? addBias(sums, bias) : sums;
  const { lowering: used, products, macs, stats, faults: reports, accumulator } = report(node.name, node.opType);
  return { result, lowering: used, products, macs, stats, faults: reports, accumulator };
}

/**
 * Convolve likewise on the functional simulator of an array.
 * @param array a design, or the text of a spec file with one array
 * @throws as `convolve` does, and {SpecError} with every mistake of the text.
 */
export async function convolveWithArray(
  array: Design | string,
  data: Tensor,
  weights: Tensor,
  options?: ConvolveOptions,
): Promise<ConvolveResult> {
  const design = typeof array === 'string' ? buildDesign(selectArray(parseSpec(array, 'array'), null, 'array')) : array;
  const backend = functionalBackend(design);
  try {
    return await convolve(backend, data, weights, options);
  } finally {
    await backend.close();
  }
}

function attributesOf({
  strides,
  pads,
  dilations,
  group,
  autoPad,
}: Pick<ConvolveOptions, 'strides' | 'pads' | 'dilations' | 'group' | 'autoPad'>): AttributeProto[] {
  const attributes: AttributeProto[] = [];
  for (const [name, list] of Object.entries({ strides, pads, dilations })) {
    if (!list) continue;
    if (!list.every(Number.isSafeInteger)) throw new ModelError(`${name} must be whole numbers, not [${list}]`);
    attributes.push(make('AttributeProto', { name, type: ATTRIBUTE_TYPE.ints, ints: list.map(BigInt) }));
  }
  if (group !== undefined) {
    if (!Number.isSafeInteger(group)) throw new ModelError(`group must be a whole number, not ${group}`);
    attributes.push(make('AttributeProto', { name: 'group', type: ATTRIBUTE_TYPE.int, i: BigInt(group) }));
  }
  if (autoPad !== undefined) {
    const s = new TextEncoder().encode(autoPad);
    attributes.push(make('AttributeProto', { name: 'auto_pad', type: ATTRIBUTE_TYPE.string, s }));
  }
  return attributes;
}

/** Values of AttributeProto.type. */
const ATTRIBUTE_TYPE = { int: 2, string: 3, ints: 7 } as const;

function addBias(sums: Tensor, bias: Tensor): Tensor {
  const [batch = 0, channels = 0] = sums.shape;
  if (bias.type !== 'int32') throw new ModelError(`the bias of integers must be int32, not ${bias.type}`);
  if (bias.data.length !== channels) {
    throw new ModelError(`the bias must hold ${channels} numbers, not ${bias.data.length}`);
  }
  const pixels = sums.data.length / (batch * channels) || 0;
  const result = Int32Array.from(
    sums.data as Int32Array,
    (sum, at) => sum + (bias.data[Math.floor(at / pixels) % channels] as number),
  );
  return tensor('int32', sums.shape, result);
}
