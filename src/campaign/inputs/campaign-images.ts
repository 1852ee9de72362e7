import { resolve } from 'node:path';
import type { DataSource } from '../../data/data-source.ts';
import { openData } from '../../data/open-data.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import type { CampaignMistake } from '../../spec/campaign-mistakes.ts';
import { tensor } from '../../tensor/tensor.ts';
import type { CampaignData, CampaignSpec } from '../campaign-spec.ts';
import type { ImageInputs } from '../engine/engine.ts';
import { permutation } from '../sampling/permutation.ts';
import type { Mistakes } from './mistakes.ts';

/** The images of a campaign; a program may bring its own. */
export interface ImageSource {
  /** Images of the whole data set. */
  readonly count: number;
  /** Read images by their places: for each the inputs of the model, a batch of one. */
  read(places: readonly number[]): Promise<readonly ImageInputs[]>;
  close(): Promise<void>;
}

/**
 * Open the data of a campaign; null when some cannot be opened, or when the inputs have different numbers of items.
 * @param model names the only input; its name is empty when null
 * @param folder where paths start
 */
export async function openImages(
  data: readonly CampaignData[],
  model: Pick<OnnxModel, 'inputs'> | null,
  folder: string,
  mistakes: Mistakes,
): Promise<ImageSource | null> {
  const sources: (readonly [input: string, source: DataSource])[] = [];
  for (const [entry, { input, path, preprocess }] of data.entries()) {
    const name = input ?? model?.inputs[0]?.name ?? '';
    const source = await mistakes.attempt({ word: 'data', entry }, () =>
      openData(resolve(folder, path), { preprocess: preprocess ?? undefined }),
    );
    if (source) sources.push([name, source]);
  }
  const uneven = unevenData(data, sources);
  mistakes.add(uneven);
  if (sources.length < data.length || uneven.length > 0) {
    for (const [, source] of sources) await source.close();
    return null;
  }
  return imagesOf(sources);
}

/** An image is one item of each input. */
function unevenData(
  data: readonly CampaignData[],
  sources: readonly (readonly [input: string, source: DataSource])[],
): CampaignMistake[] {
  if (sources.length < data.length) return [];
  const wanted = sources[0]![1].count;
  return sources.flatMap(([, { count }], entry) => {
    if (count === wanted) return [];
    const message = `all inputs need the same number of items: ${data[0]!.path} has ${wanted}, ${data[entry]!.path} has ${count}`;
    return [{ word: 'data' as const, entry, message }];
  });
}

function imagesOf(sources: readonly (readonly [input: string, source: DataSource])[]): ImageSource {
  return {
    count: sources[0]![1].count,
    read: (places) =>
      Promise.all(
        places.map(async (place) => {
          const values = sources.map(async ([name, source]) => {
            const { type, shape, data: elements } = await source.read(place, 1);
            return [name, tensor(type, shape, elements)] as const;
          });
          return Object.fromEntries(await Promise.all(values));
        }),
      ),
    close: async () => {
      for (const [, source] of sources) await source.close();
    },
  };
}

/** Choose the images of a campaign among those that there are, by their places. */
export function chooseImages({ images, seed }: Pick<CampaignSpec, 'images' | 'seed'>, available: number): number[] {
  const count = Math.min(images.count ?? available, available);
  const order = images.order === 'random' ? permutation(available, `images ${seed}`) : { at: (n: number) => n };
  return Array.from({ length: count }, (_, n) => order.at(n));
}
