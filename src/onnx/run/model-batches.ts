import type { DataSource } from '../../data/data-source.ts';
import { ModelError, OperandError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { OnnxModel } from '../file/model.ts';
import { checkInputs } from './model-inputs.ts';

export interface BatchOptions {
  /** Items to a run. When left out: the length of the first axis where the model fixes it, else all items at once. */
  readonly batch?: number | undefined;
  /** Take only so many items, from the first on. */
  readonly limit?: number | undefined;
}

/** The inputs of a model, batch by batch. */
export interface ModelBatches extends AsyncIterable<Record<string, Tensor>> {
  /** Items of the data, whether or not they are wanted. */
  readonly available: number;
  /** Items of all batches. */
  readonly items: number;
  /** Items of each batch; the last one holds what is left. */
  readonly batch: number;
  /** How many batches there are. */
  readonly count: number;
}

/**
 * Cut the inputs of a model into batches along their first axis. An input whose first axis the model fixes and whose data
 * has just that length goes with every batch, as long as there is another that does not. Nothing is read before it is
 * needed, and nothing is kept.
 * @param sources data of every input, by its name
 * @throws {ModelError} for inputs that do not fit the model, or numbers of items that do not go together.
 */
export function modelBatches(
  model: OnnxModel,
  sources: Readonly<Record<string, DataSource>>,
  { batch: wanted, limit = Number.POSITIVE_INFINITY }: BatchOptions = {},
): ModelBatches {
  const entries = Object.entries(sources);
  const isWhole = ([name, { count }]: [string, DataSource]) => fixedLength(model, name) === count;
  const parted = entries.every(isWhole) ? entries : entries.filter((entry) => !isWhole(entry));
  const counts = new Set(parted.map(([, { count }]) => count));
  if (counts.size > 1) {
    // Inputs without a common axis of items, such as two matrices, are one batch.
    if (wanted === undefined && limit === Number.POSITIVE_INFINITY) return wholeBatch(model, sources);
    const list = parted.map(([name, { count }]) => `${name} ${count}`).join(', ');
    throw new OperandError(`inputs must have one number of items to be cut into batches, received ${list}`);
  }
  const [available = 1] = counts;
  const items = Math.min(available, limit);
  const batch = Math.min(batchSize(model, parted, wanted, items), items);
  const names = new Set(parted.map(([name]) => name));
  checkInputs(
    model,
    Object.fromEntries(
      entries.map(([name, { type, shape, count }]): [string, Tensor] => [
        name,
        { type, shape: [names.has(name) ? batch : count, ...shape], data: new Uint8Array() },
      ]),
    ),
  );
  return {
    available,
    items,
    batch,
    count: Math.ceil(items / batch),
    async *[Symbol.asyncIterator]() {
      for (let first = 0; first < items; first += batch) {
        yield await readAll(entries, (name, { count }) =>
          names.has(name) ? [first, Math.min(batch, items - first)] : [0, count],
        );
      }
    },
  };
}

function wholeBatch(model: OnnxModel, sources: Readonly<Record<string, DataSource>>): ModelBatches {
  const entries = Object.entries(sources);
  checkInputs(
    model,
    Object.fromEntries(
      entries.map(([name, { type, shape, count }]): [string, Tensor] => [
        name,
        { type, shape: [count, ...shape], data: new Uint8Array() },
      ]),
    ),
  );
  return {
    available: 1,
    items: 1,
    batch: 1,
    count: 1,
    async *[Symbol.asyncIterator]() {
      yield await readAll(entries, (_, { count }) => [0, count]);
    },
  };
}

async function readAll(
  entries: readonly (readonly [string, DataSource])[],
  range: (name: string, source: DataSource) => readonly [first: number, count: number],
): Promise<Record<string, Tensor>> {
  const inputs: Record<string, Tensor> = {};
  for (const [name, source] of entries) inputs[name] = await source.read(...range(name, source));
  return inputs;
}

function batchSize(
  model: OnnxModel,
  parted: readonly [string, DataSource][],
  wanted: number | undefined,
  items: number,
): number {
  for (const [name] of parted) {
    const fixed = fixedLength(model, name);
    if (fixed === null || fixed === 0) continue;
    if (wanted !== undefined && wanted !== fixed) {
      throw new ModelError(`input '${name}' takes batches of ${fixed}, not of ${wanted}`);
    }
    if (items % fixed !== 0) {
      throw new ModelError(
        `input '${name}' takes ${fixed} items at a time, received ${items}, which are not full batches`,
      );
    }
    return fixed;
  }
  return wanted ?? items;
}

/** The length of an input's first axis, if the model fixes it. */
function fixedLength({ inputs }: OnnxModel, wanted: string): number | null {
  const side = inputs.find(({ name }) => name === wanted)?.shape?.[0];
  return typeof side === 'number' ? side : null;
}
