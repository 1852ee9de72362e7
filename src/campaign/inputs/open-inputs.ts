import { resolve } from 'node:path';
import { readLabels } from '../../data/labels.ts';
import { type OnnxModel, openModel } from '../../onnx/file/model.ts';
import { chooseLayers } from '../../onnx/graph/layers.ts';
import { checkInputs } from '../../onnx/run/model-inputs.ts';
import type { CampaignMistake } from '../../spec/campaign-mistakes.ts';
import type { CampaignSpec } from '../campaign-spec.ts';
import { chooseImages, type ImageSource, openImages } from './campaign-images.ts';
import type { Mistakes } from './mistakes.ts';

/** What a campaign runs on. What could not be opened is null; the reason is among the mistakes. */
export interface OpenedInputs {
  readonly model: OnnxModel | null;
  /** Names of the layers in which faults act, those that the array can run. */
  readonly layers: readonly string[];
  readonly source: ImageSource | null;
  /** Places of the images in the data set; none without a source. */
  readonly images: readonly number[];
  readonly labels: Int32Array | null;
}

/**
 * Open the model, the data and the labels of a campaign, and check them against each other as far as they could be opened.
 * @param folder where paths start
 * @param ownImages images to take instead of the campaign's data
 */
export async function openInputs(
  spec: CampaignSpec,
  folder: string,
  ownImages: ImageSource | undefined,
  mistakes: Mistakes,
): Promise<OpenedInputs> {
  const model = await mistakes.attempt({ word: 'model' }, () => openModel(resolve(folder, spec.model)));
  const layers = model ? await layerNames(spec, model, mistakes) : [];
  if (model && !ownImages) mistakes.add(dataMistakes(spec, model));
  const source = ownImages ?? (await openImages(spec.data, model, folder, mistakes));
  const labels = await labelsOf(spec, folder, source, mistakes);
  if (source) mistakes.add(imageMistakes(spec, source));
  if (model && source) await checkFirstImage(model, source, mistakes);
  return { model, layers, source, images: source ? chooseImages(spec, source.count) : [], labels };
}

async function layerNames(
  { layers, array }: Pick<CampaignSpec, 'layers' | 'array'>,
  model: OnnxModel,
  mistakes: Mistakes,
): Promise<string[]> {
  const names: string[] = [];
  for (const [entry, wanted] of (layers ?? [undefined]).entries()) {
    const chosen = await mistakes.attempt({ word: 'layers', entry }, () =>
      chooseLayers(model, array.types, wanted === undefined ? undefined : [wanted]),
    );
    names.push(...(chosen ?? []).map(({ name }) => name));
  }
  return names;
}

/** List what a campaign says of its data that the model does not have. */
function dataMistakes({ data }: Pick<CampaignSpec, 'data'>, model: OnnxModel): CampaignMistake[] {
  const names = model.inputs.map(({ name }) => name);
  const mistakes: CampaignMistake[] = [];
  for (const [entry, { input, path }] of data.entries()) {
    if (input === null && names.length !== 1) {
      const message = `the model has the inputs ${names.join(', ')}: say which one ${path} is, as in data input "${names[0]}" "${path}"`;
      mistakes.push({ word: 'data', entry, message });
    } else if (input !== null && !names.includes(input)) {
      const message = `the model has no input "${input}"; its inputs are ${names.join(', ')}`;
      mistakes.push({ word: 'data', entry, message });
    }
  }
  const given = data.map(({ input }) => input ?? names[0]);
  for (const name of names) {
    if (!given.includes(name)) mistakes.push({ word: 'data', message: `the input "${name}" of the model has no data` });
  }
  return mistakes;
}

async function labelsOf(
  { labels }: Pick<CampaignSpec, 'labels'>,
  folder: string,
  source: ImageSource | null,
  mistakes: Mistakes,
): Promise<Int32Array | null> {
  if (labels === null) return null;
  return await mistakes.attempt({ word: 'labels' }, () => readLabels(resolve(folder, labels), source?.count));
}

function imageMistakes({ images }: Pick<CampaignSpec, 'images'>, { count }: ImageSource): CampaignMistake[] {
  if (images.count === null || images.count <= count) return [];
  return [{ word: 'images', message: `the data hold ${count} images, received a campaign of ${images.count}` }];
}

async function checkFirstImage(model: OnnxModel, source: ImageSource, mistakes: Mistakes): Promise<void> {
  await mistakes.attempt({ word: 'data' }, async () => {
    const [first] = await source.read([0]);
    // Inputs without data, or data without an input, have been told.
    const isKnown =
      model.inputs.every(({ name }) => name in first!) && Object.keys(first!).length === model.inputs.length;
    if (isKnown) checkInputs(model, first!);
  });
}
