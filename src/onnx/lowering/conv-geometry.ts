import { ModelError } from '../../errors.ts';
import { intAttribute, intsAttribute, stringAttribute } from '../file/attributes.ts';
import type { NodeProto } from '../file/messages.ts';

export const AUTO_PADS = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] as const;

export type AutoPad = (typeof AUTO_PADS)[number];

/** The attributes of a convolution as the node has them; null means the default of ONNX. */
export interface ConvAttributes {
  readonly kernelShape: readonly number[] | null;
  readonly strides: readonly number[] | null;
  readonly dilations: readonly number[] | null;
  /** Begin of every axis, then end of every axis. */
  readonly pads: readonly number[] | null;
  readonly autoPad: AutoPad;
  readonly group: number;
}

/** A convolution of known sizes, over any number of spatial axes; all lists have one entry per axis. */
export interface ConvGeometry {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before the first element of each axis. */
  readonly padsBegin: readonly number[];
}

/**
 * Read the attributes of Conv, ConvInteger or QLinearConv.
 * @throws {ModelError} for an `auto_pad` that ONNX does not define, or a group count below 1.
 */
export function convAttributes(node: NodeProto): ConvAttributes {
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (!(AUTO_PADS as readonly string[]).includes(autoPad)) {
    throw new ModelError(`auto_pad must be one of ${AUTO_PADS.join(', ')}, not ${autoPad}`);
  }
  const group = intAttribute(node, 'group', 1);
  if (group < 1) throw new ModelError(`group must be at least 1, not ${group}`);
  return {
    kernelShape: intsAttribute(node, 'kernel_shape'),
    strides: intsAttribute(node, 'strides'),
    dilations: intsAttribute(node, 'dilations'),
    pads: intsAttribute(node, 'pads'),
    autoPad: autoPad as AutoPad,
    group,
  };
}

/**
 * Work out padding and output size. SAME makes the output ceil(input / stride) long; the odd element of padding goes
 * to the end (SAME_UPPER) or to the begin (SAME_LOWER).
 * Source: ONNX operator Conv.
 * @param input spatial sizes of the data
 * @param kernel spatial sizes of the weights
 * @throws {ModelError} for attributes of the wrong length, or a kernel that does not fit in the padded data.
 */
export function convGeometry(
  attributes: ConvAttributes,
  input: readonly number[],
  kernel: readonly number[],
): ConvGeometry {
  const rank = kernel.length;
  const perAxis = (
    name: string,
    values: readonly number[] | null,
    count: number,
    fallback: number,
  ): readonly number[] => {
    const list = values && values.length > 0 ? values : Array<number>(count).fill(fallback);
    if (list.length !== count) throw new ModelError(`${name} needs ${count} numbers, not [${list}]`);
    return list;
  };
  const strides = perAxis('strides', attributes.strides, rank, 1);
  const dilations = perAxis('dilations', attributes.dilations, rank, 1);
  const pads = perAxis('pads', attributes.pads, 2 * rank, 0);
  if (strides.some((stride) => stride < 1)) throw new ModelError(`strides must be at least 1, not [${strides}]`);
  if (dilations.some((dilation) => dilation < 1))
    throw new ModelError(`dilations must be at least 1, not [${dilations}]`);
  const declared = attributes.kernelShape;
  if (declared && declared.length > 0 && String(declared) !== String(kernel)) {
    throw new ModelError(`kernel_shape [${declared}] differs from the weights' [${kernel}]`);
  }
  const padsBegin: number[] = [];
  const output = kernel.map((side, axis) => {
    const reach = dilations[axis]! * (side - 1) + 1;
    const [begin, end] = padding(
      attributes.autoPad,
      pads[axis]!,
      pads[rank + axis]!,
      input[axis]!,
      reach,
      strides[axis]!,
    );
    padsBegin.push(begin);
    return Math.floor((input[axis]! + begin + end - reach) / strides[axis]!) + 1;
  });
  if (output.some((side) => side < 1)) {
    throw new ModelError(`a kernel of [${kernel}] with dilations [${dilations}] does not fit in data of [${input}]`);
  }
  return { input, kernel, output, strides, dilations, padsBegin };
}

function padding(
  autoPad: AutoPad,
  begin: number,
  end: number,
  input: number,
  reach: number,
  stride: number,
): readonly [number, number] {
  if (autoPad === 'NOTSET') return [begin, end];
  if (autoPad === 'VALID') return [0, 0];
  const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + reach - input);
  const less = Math.floor(total / 2);
  return autoPad === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
}
