import { CONVOLUTIONS, DENSE_LAYERS, INTERFACE, type LayerName, type Weights } from './architecture.ts';
import type { DataSet } from './data-set.ts';
import { floatModel } from './float-model.ts';
import { encodeNetwork } from './graph.ts';
import { type Uint8Scale, uint8Scale } from './int8.ts';
import { runBatches } from './runtime.ts';

/** The uint8 scales of what each layer gives. */
export interface Calibration {
  /** After the layer's bias and, where it has one, its ReLU. */
  readonly activations: Readonly<Record<LayerName, Uint8Scale>>;
  /** Before the bias of a dense layer. */
  readonly products: Readonly<Record<LayerName, Uint8Scale>>;
}

/** Run the float32 model on images and choose scales that hold all values seen. */
export async function calibrate(weights: Weights, data: DataSet): Promise<Calibration> {
  const network = floatModel(weights);
  // The last layer's output is the model's.
  const seenAs = (name: LayerName) => (name === DENSE_LAYERS.at(-1)!.name ? INTERFACE.output.name : name);
  const names: LayerName[] = [...CONVOLUTIONS, ...DENSE_LAYERS].map(({ name }) => name);
  const watched = names.map(seenAs).filter((name) => name !== INTERFACE.output.name);
  const [activations, products] = [new Map<LayerName, Range>(), new Map<LayerName, Range>()];
  await runBatches(encodeNetwork({ ...network, watched }), data, (outputs) => {
    for (const name of names) {
      const sums = outputs[seenAs(name)]!.data as Float32Array;
      const bias = weights[name].bias.data as Float32Array;
      widen(activations, name, sums);
      widen(
        products,
        name,
        sums.map((sum, i) => sum - bias[i % bias.length]!),
      );
    }
  });
  const hasRelu = (name: LayerName) => DENSE_LAYERS.find((layer) => layer.name === name)?.relu ?? true;
  return {
    activations: scales(activations, (name, [low, high]) => uint8Scale(hasRelu(name) ? 0 : low, high)),
    products: scales(products, (_, [low, high]) => uint8Scale(low, high)),
  };
}

type Range = readonly [low: number, high: number];

function widen(ranges: Map<LayerName, Range>, name: LayerName, values: Float32Array): void {
  let [low, high] = ranges.get(name) ?? [0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  ranges.set(name, [low, high]);
}

function scales(
  ranges: ReadonlyMap<LayerName, Range>,
  scale: (name: LayerName, range: Range) => Uint8Scale,
): Record<LayerName, Uint8Scale> {
  return Object.fromEntries([...ranges].map(([name, range]) => [name, scale(name, range)])) as Record<
    LayerName,
    Uint8Scale
  >;
}
