import { intAttribute } from '../file/attributes.ts';
import { elementTypeName } from '../file/element-types.ts';
import { make, type NodeProto } from '../file/messages.ts';
import { isStandard } from '../operators/catalogue.ts';
import { gemmAttributes } from '../operators/gemm.ts';
import { BYTES, numbersOf } from '../operators/layer-operator.ts';
import type { GraphIndex } from './graph-index.ts';

/** Nodes of a model in QDQ style that one integer layer stands for. */
export interface QuantisedGroup {
  /** The layer: QLinearConv, QLinearMatMul or QGemm on the quantised values around the group. */
  readonly node: NodeProto;
  /** Whose place it takes: the operator and what follows it in the group. */
  readonly replaced: readonly NodeProto[];
  /** All nodes of the group, in the order of the file. */
  readonly nodes: readonly NodeProto[];
}

/**
 * Recognise DequantizeLinear → Conv, Gemm or MatMul → [Relu →] QuantizeLinear as one integer layer; a Gemm may also leave
 * its result in floating point. The bias must be quantised with the product of the scales of data and weights, as
 * quantisers do, and a Relu must be one that saturation performs anyhow.
 * Source: ONNX Runtime documentation, "Quantize ONNX Models" (tensor-oriented representation, QDQ).
 * @returns null when the node is no such operator or its surroundings are not of that kind
 */
export function quantisedGroup(node: NodeProto, index: GraphIndex): QuantisedGroup | null {
  const shape = SHAPES[node.opType];
  if (!shape || !isStandard(node)) return null;
  const [x, w] = [quantisedValue(node.input[0], index), quantisedValue(node.input[1], index)];
  if (!x || !w || !is8Bit(x, index) || !is8Bit(w, index)) return null;
  if (!hasOneScale(x, index) || !fitsAxis(w, shape, node, index)) return null;
  const bias = node.input[2] ? quantisedValue(node.input[2], index) : null;
  if (node.input[2] && !(bias && biasFits(bias, x, w, index))) return null;
  if (!shape.accepts(node)) return null;
  const end = endOf(node, index);
  if (end === null && !shape.mayStayFloat) return null;
  const result = end ? [end.scale, end.zero] : ['', ''];
  const output = end ? end.output : (node.output[0] ?? '');
  const layer = make('NodeProto', {
    name: node.name,
    opType: shape.opType,
    domain: shape.domain,
    attribute: node.attribute.filter(({ name }) => shape.keeps(name)),
    input: shape.inputs([x.value, x.scale, x.zero, w.value, w.scale, w.zero], result, bias?.value ?? ''),
    output: [output],
  });
  const replaced = [node, ...(end?.nodes ?? [])];
  const members = new Set([x.node, w.node, ...(bias ? [bias.node] : []), ...replaced]);
  return { node: layer, replaced, nodes: index.graph.node.filter((member) => members.has(member)) };
}

interface GroupShape {
  readonly opType: string;
  readonly domain: string;
  /** The axis along which the scales of weights with so many axes may differ; null when none. */
  weightAxis(node: NodeProto, rank: number): number | null;
  accepts(node: NodeProto): boolean;
  keeps(attribute: string): boolean;
  /** Order the inputs of the integer layer. */
  inputs(factors: readonly string[], result: readonly string[], bias: string): string[];
  /** Whether there is an integer layer with a floating-point result. */
  readonly mayStayFloat: boolean;
}

const SHAPES: Readonly<Record<string, GroupShape>> = {
  Conv: {
    opType: 'QLinearConv',
    domain: '',
    weightAxis: () => 0,
    accepts: () => true,
    keeps: () => true,
    inputs: (factors, result, bias) => [...factors, ...result, bias],
    mayStayFloat: false,
  },
  MatMul: {
    opType: 'QLinearMatMul',
    domain: '',
    weightAxis: (_node, rank) => (rank === 2 ? 1 : null),
    accepts: () => true,
    keeps: () => true,
    inputs: (factors, result) => [...factors, ...result],
    mayStayFloat: false,
  },
  Gemm: {
    opType: 'QGemm',
    domain: 'com.microsoft',
    weightAxis: (node) => (gemmAttributes(node).transB ? 0 : 1),
    accepts(node) {
      const { alpha, beta } = gemmAttributes(node);
      return alpha === 1 && (beta === 1 || !node.input[2]);
    },
    keeps: (attribute) => attribute === 'transA' || attribute === 'transB',
    inputs: (factors, result, bias) => [...factors, bias, ...result],
    mayStayFloat: true,
  },
};

/** A value that a node dequantises: its name and those of its scale and zero point. */
interface QuantisedValue {
  readonly node: NodeProto;
  readonly value: string;
  readonly scale: string;
  readonly zero: string;
}

function quantisedValue(name: string | undefined, { producers }: GraphIndex): QuantisedValue | null {
  const node = producers.get(name ?? '');
  if (!node || !isQuantiser(node, 'DequantizeLinear')) return null;
  const [value = '', scale = '', zero = ''] = node.input;
  return { node, value, scale, zero };
}

/** Tell whether a node is of this operator, with parameters per tensor or along one axis. */
function isQuantiser(node: NodeProto, opType: 'QuantizeLinear' | 'DequantizeLinear'): boolean {
  if (node.opType !== opType || !(isStandard(node) || node.domain === 'com.microsoft')) return false;
  return intAttribute(node, 'block_size', 0) === 0;
}

/** Element type of a value that the file holds. */
function typeOf(name: string, { constants }: GraphIndex): string | null {
  const known = constants.get(name);
  return known ? elementTypeName(known.dataType) : null;
}

/** Element type of a quantised value, from its zero point or, where there is none, from itself. */
function quantisedType({ value, zero }: QuantisedValue, index: GraphIndex): string | null {
  return typeOf(zero, index) ?? typeOf(value, index);
}

function is8Bit(value: QuantisedValue, index: GraphIndex): boolean {
  return isByte(quantisedType(value, index));
}

function isByte(type: string | null): boolean {
  return (BYTES as readonly (string | null)[]).includes(type);
}

/** Read scales; null when the file does not hold them, or in a type that integer layers do not take. */
function scalesOf({ scale }: Pick<QuantisedValue, 'scale'>, index: GraphIndex): Float64Array | null {
  const value = typeOf(scale, index) === 'float32' ? index.constant(scale) : undefined;
  return value ? numbersOf(value) : null;
}

function hasOneScale(value: Pick<QuantisedValue, 'scale'>, index: GraphIndex): boolean {
  return scalesOf(value, index)?.length === 1;
}

/** Tell whether weights have one scale, or one for each place along the axis that their operator allows. */
function fitsAxis(weights: QuantisedValue, shape: GroupShape, node: NodeProto, index: GraphIndex): boolean {
  if (scalesOf(weights, index) === null) return false;
  if (hasOneScale(weights, index)) return true;
  const rank = rankOf(weights.value, index);
  return rank !== undefined && axisOf(weights, rank) === shape.weightAxis(node, rank);
}

/** Count the axes of a value that the file holds, quantised or yet to be quantised. */
function rankOf(value: string, { constants, producers }: GraphIndex): number | undefined {
  const producer = producers.get(value);
  const given = producer && isQuantiser(producer, 'QuantizeLinear') ? producer.input[0] : value;
  return constants.get(given ?? '')?.dims.length;
}

function axisOf({ node }: QuantisedValue, rank: number): number {
  const axis = intAttribute(node, 'axis', 1);
  return axis < 0 ? axis + rank : axis;
}

/** How far the scale of a bias may be from the product of the other two: it went through float32 in the quantiser. */
const SCALE_TOLERANCE = 1e-5;

function biasFits(bias: QuantisedValue, x: QuantisedValue, w: QuantisedValue, index: GraphIndex): boolean {
  if (quantisedType(bias, index) !== 'int32') return false;
  const [own, ofX, ofW] = [scalesOf(bias, index), scalesOf(x, index), scalesOf(w, index)];
  const zero = bias.zero === '' ? null : index.constant(bias.zero);
  if (!own || !ofX || !ofW || zero === undefined) return false;
  if (zero !== null && numbersOf(zero).some((value) => value !== 0)) return false;
  if (own.length !== ofW.length && ofW.length !== 1) return false;
  if (ofW.length > 1) {
    const rank = rankOf(bias.value, index);
    if (rank === undefined || axisOf(bias, rank) !== rank - 1) return false;
  }
  return own.every((scale, n) => {
    const product = ofX[0]! * (ofW[n] ?? ofW[0]!);
    return Math.abs(scale - product) <= SCALE_TOLERANCE * Math.abs(product);
  });
}

interface GroupEnd {
  readonly nodes: readonly NodeProto[];
  readonly scale: string;
  readonly zero: string;
  readonly output: string;
}

/** Follow a result to the node that quantises it; null when something else uses it, too. */
function endOf(node: NodeProto, index: GraphIndex): GroupEnd | null {
  const next = onlyUser(node, index);
  const relu = next?.opType === 'Relu' && isStandard(next) ? next : null;
  const last = relu ? onlyUser(relu, index) : next;
  if (!last || !isQuantiser(last, 'QuantizeLinear')) return null;
  const [, scale = '', zero = ''] = last.input;
  if (!hasOneScale({ scale }, index)) return null;
  if (intAttribute(last, 'output_dtype', 0) !== 0 && zero === '') return null;
  if (zero !== '' && !isByte(typeOf(zero, index))) return null;
  if (relu && !saturationIsRelu(zero, index)) return null;
  return { nodes: relu ? [relu, last] : [last], scale, zero, output: last.output[0] ?? '' };
}

/** Where zero is the smallest value, what is negative saturates to it. */
function saturationIsRelu(zero: string, index: GraphIndex): boolean {
  const point = zero === '' ? null : index.constant(zero);
  if (!point) return true;
  return numbersOf(point)[0] === (point.type === 'int8' ? -128 : 0);
}

function onlyUser(node: NodeProto, { graph, users }: GraphIndex): NodeProto | null {
  const value = node.output[0] ?? '';
  const of = users.get(value) ?? [];
  return of.length === 1 && !graph.output.some(({ name }) => name === value) ? of[0]! : null;
}
