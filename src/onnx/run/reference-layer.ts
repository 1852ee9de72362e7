import { numberReader } from '../../dtype/element-store.ts';
import { bitsOf, type Tensor } from '../../tensor/tensor.ts';
import { derive, type ModelProto, make, type NodeProto } from '../file/messages.ts';
import type { OnnxModel } from '../file/model.ts';
import { type GraphIndex, valuesUsedBy } from '../graph/graph-index.ts';
import type { CompatibleLayer } from '../graph/layers.ts';
import { submodel } from '../graph/submodel.ts';
import { fromRuntime, openSession, type RuntimeTensor, type Session, type ValueType } from './session.ts';

/** How far a layer's result on the array is from what ONNX Runtime computes from the same inputs. */
export interface LayerComparison {
  readonly elements: number;
  /** Elements whose bits differ. */
  readonly differing: number;
  /** The largest difference; NaN where only one of two is a number. */
  readonly maxAbsolute: number;
  /** The largest difference in units in the last place (how many numbers of the type lie between); NaN likewise, null for integers. */
  readonly maxUlp: number | null;
}

/** A layer of a model as ONNX Runtime computes it. */
export interface ReferenceLayer {
  run(values: ReadonlyMap<string, RuntimeTensor>): Promise<Tensor>;
  close(): Promise<void>;
}

/**
 * Load a layer into ONNX Runtime. An integer layer that stands for a QDQ group is loaded as such: it is what the runtime makes of the
 * group within its model, but not of the group alone, where int8 inputs keep it from doing so.
 */
export async function referenceLayer(
  model: OnnxModel,
  index: GraphIndex,
  layer: CompatibleLayer,
  types: ReadonlyMap<string, ValueType>,
): Promise<ReferenceLayer> {
  const nodes = isComplete(layer.node) ? [layer.node] : layer.nodes;
  const computed = new Set(nodes.flatMap(({ output }) => output));
  const stored = new Set(index.graph.initializer.map(({ name }) => name));
  const inputs = [...new Set(nodes.flatMap(valuesUsedBy))].filter((name) => !computed.has(name) && !stored.has(name));
  const output = layer.node.output[0] ?? '';
  const stage = { nodes, inputs, outputs: [output], layers: [] };
  const session: Session = await openSession(withContribOperators(submodel(model, stage, types)), model.path);
  return {
    run: async (values) => fromRuntime((await session.run(values)).get(output)!, output),
    close: () => session.close(),
  };
}

/** Tell whether a node names all zero points: the runtime wants them where the format lets them out. */
function isComplete({ opType, input }: NodeProto): boolean {
  const needed = opType === 'QLinearConv' || opType === 'QLinearMatMul' ? 8 : opType === 'QGemm' ? 6 : 0;
  return input.slice(0, needed).every((name) => name !== '');
}

const CONTRIB = 'com.microsoft';

/** Import the operators that ONNX Runtime adds, of which the model itself may have none. */
function withContribOperators(proto: ModelProto): ModelProto {
  if (proto.opsetImport.some(({ domain }) => domain === CONTRIB)) return proto;
  const opsetImport = [...proto.opsetImport, make('OperatorSetIdProto', { domain: CONTRIB, version: 1n })];
  return derive('ModelProto', proto, { opsetImport });
}

/** Compare two results of a layer, element by element. */
export function compareResults(result: Tensor, reference: Tensor): LayerComparison {
  const read = numberReader(result.type);
  const [bits, expectedBits] = [bitsOf(result.data), bitsOf(reference.data)];
  const isFloat = /float/.test(result.type);
  const widthBits = 8 * result.data.BYTES_PER_ELEMENT;
  let differing = 0;
  let maxAbsolute = 0;
  let maxUlp = 0;
  for (let at = 0; at < bits.length; at++) {
    if (bits[at] === expectedBits[at]) continue;
    differing++;
    const [x, y] = [Number(read(result.data, at)), Number(read(reference.data, at))];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    // Math.max gives NaN once one of two is none.
    maxAbsolute = Math.max(maxAbsolute, Math.abs(x - y));
    const ulps = Math.abs(ordinal(bits[at]!, widthBits) - ordinal(expectedBits[at]!, widthBits));
    if (isFloat) maxUlp = Math.max(maxUlp, Number.isNaN(x - y) ? Number.NaN : ulps);
  }
  return { elements: bits.length, differing, maxAbsolute, maxUlp: isFloat ? maxUlp : null };
}

/** Number the values of a floating-point format in their order, both zeros as 0. */
function ordinal(bits: number | bigint, widthBits: number): number {
  const sign = 1n << BigInt(widthBits - 1);
  const magnitude = BigInt(bits) & (sign - 1n);
  return Number((BigInt(bits) & sign) === 0n ? magnitude : -magnitude);
}
