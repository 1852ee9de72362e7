import { resolve } from 'node:path';
import type { DataSource } from '../../data/data-source.ts';
import { openData } from '../../data/open-data.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import { tensor } from '../../tensor/tensor.ts';
import type { CampaignData, CampaignSpec } from '../campaign-spec.ts';
import type { ImageInputs } from '../engine/engine.ts';
import { permutation } from '../sampling/permutation.ts';

/** The images of a campaign; a program may bring its own. */
export interface ImageSource {
  /** Images of the whole data set. */
  readonly count: number;
  /** Read images by their places: for each the inputs of the model, a batch of one. */
  read(places: readonly number[]): Promise<readonly ImageInputs[]>;
  close(): Promise<void>;
}

/**
 * Open the data of a campaign.
 * @param folder where paths start
 * @throws {FileError} and the other errors of `openData`
 */
export async function openImages(
  model: OnnxModel,
  data: readonly CampaignData[],
  folder: string,
): Promise<ImageSource> {
  const sources: (readonly [input: string, source: DataSource])[] = [];
  const close = async (): Promise<void> => {
    for (const [, source] of sources) await source.close();
  };
  try {
    for (const { input, path, preprocess } of data) {
      const name = input ?? model.inputs[0]?.name ?? '';
      sources.push([name, await openData(resolve(folder, path), { preprocess: preprocess ?? undefined })]);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    count: Math.min(...sources.map(([, { count }]) => count)),
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
    close,
  };
}

/** Choose the images of a campaign among those that there are, by their places. */
export function chooseImages({ images, seed }: Pick<CampaignSpec, 'images' | 'seed'>, available: number): number[] {
  const count = Math.min(images.count ?? available, available);
  const order = images.order === 'random' ? permutation(available, `images ${seed}`) : { at: (n: number) => n };
  return Array.from({ length: count }, (_, n) => order.at(n));
}
