import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { bitsOf, type Tensor } from '../../tensor/tensor.ts';
import { type AttributeProto, encode, make } from '../file/messages.ts';

/** What an integer layer adds up: Σ (x − xz)(w − wz), with one zero point for all of each side. */
export interface ExactProduct {
  readonly opType: 'ConvInteger' | 'MatMulInteger';
  /** The attributes of a convolution. */
  readonly attribute: readonly AttributeProto[];
  /** int8 or uint8, both. */
  readonly data: Tensor;
  readonly weights: Tensor;
  readonly dataZero: number;
  readonly weightZero: number;
}

/** Computes the sums of integer layers without an array. */
export interface ExactSums {
  /** Give the sums, modulo 2^32; null where this cannot tell them. */
  compute(product: ExactProduct): Promise<Int32Array | null>;
  close(): Promise<void>;
}

/**
 * Compute sums of integer layers in ONNX Runtime: where no fault acts, they are what any array gives, since integer
 * products are exact and wrap modulo 2^32 in whatever order they are added. Both sides go there unsigned: its kernels for
 * uint8 × int8 saturate on some processors.
 * Source: ONNX operators ConvInteger and MatMulInteger; ONNX Runtime documentation, "Quantize ONNX Models" (U8S8).
 */
export function exactSums(): ExactSums {
  const sessions = new Map<Tensor, Promise<InferenceSession | null>>();
  const seen = new WeakSet<Tensor>();
  return {
    async compute(product) {
      const { data, weights, dataZero } = product;
      // Weights that the model computes are new ones in every run: a session for them would serve once.
      if (!seen.has(weights)) {
        seen.add(weights);
        return null;
      }
      const known = sessions.get(weights) ?? openSession(product);
      sessions.set(weights, known);
      const session = await known;
      if (!session) return null;
      const x = new OrtTensor('uint8', unsigned(data), data.shape);
      const zero = new OrtTensor('uint8', Uint8Array.of(dataZero + offset(data)), []);
      const { y } = await session.run({ x, z: zero });
      return y!.data as Int32Array;
    },
    async close() {
      for (const session of sessions.values()) await (await session)?.release();
    },
  };
}

/** What makes a value unsigned when it is added. */
function offset({ type }: Tensor): number {
  return type === 'int8' ? 128 : 0;
}

function unsigned({ type, data }: Tensor): Uint8Array {
  const bytes = bitsOf(data) as Uint8Array;
  if (type === 'uint8') return bytes;
  const turned = new Uint8Array(bytes.length);
  for (let at = 0; at < turned.length; at++) turned[at] = bytes[at]! ^ 0x80;
  return turned;
}

const UINT8 = 2;

async function openSession({
  opType,
  attribute,
  data,
  weights,
  weightZero,
}: ExactProduct): Promise<InferenceSession | null> {
  const byte = (name: string, dims: readonly number[], rawData: Uint8Array) =>
    make('TensorProto', { name, dataType: UINT8, dims: dims.map(BigInt), rawData });
  const input = (name: string, rank: number) => {
    const dim = Array.from({ length: rank }, () => make('DimensionProto', {}));
    const tensorType = make('TensorTypeProto', { elemType: UINT8, shape: make('TensorShapeProto', { dim }) });
    return make('ValueInfoProto', { name, type: make('TypeProto', { tensorType }) });
  };
  const graph = make('GraphProto', {
    name: 'sums',
    node: [make('NodeProto', { opType, attribute: [...attribute], input: ['x', 'w', 'z', 'wz'], output: ['y'] })],
    initializer: [
      byte('w', weights.shape, unsigned(weights)),
      byte('wz', [], Uint8Array.of(weightZero + offset(weights))),
    ],
    input: [input('x', data.shape.length), input('z', 0)],
    output: [make('ValueInfoProto', { name: 'y' })],
  });
  const opsetImport = [make('OperatorSetIdProto', { domain: '', version: 10n })];
  try {
    return await InferenceSession.create(
      encode('ModelProto', make('ModelProto', { irVersion: 7n, opsetImport, graph })),
      {
        logSeverityLevel: 4,
      },
    );
  } catch {
    // The runtime has no kernel for this form, such as a convolution over one axis: the array computes it.
    return null;
  }
}
