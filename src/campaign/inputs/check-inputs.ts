import { EspalierError, ModelError } from '../../errors.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import { chooseLayers } from '../../onnx/graph/layers.ts';
import { checkInputs } from '../../onnx/run/model-inputs.ts';
import type { CampaignSpec } from '../campaign-spec.ts';
import type { ImageSource } from './campaign-images.ts';

/** List what a campaign says of its data that the model does not have. */
export function dataProblems({ data }: Pick<CampaignSpec, 'data'>, model: OnnxModel): string[] {
  const names = model.inputs.map(({ name }) => name);
  const problems: string[] = [];
  for (const { input, path } of data) {
    if (input === null && names.length !== 1) {
      problems.push(
        `the model has the inputs ${names.join(', ')}: say which one ${path} is, as in data input "${names[0]}" "${path}"`,
      );
    } else if (input !== null && !names.includes(input)) {
      problems.push(`the model has no input "${input}"; its inputs are ${names.join(', ')}`);
    }
  }
  const given = data.map(({ input }) => input ?? names[0]);
  for (const name of names) if (!given.includes(name)) problems.push(`the input "${name}" of the model has no data`);
  return problems;
}

/** Check images against the model and what the campaign wants of them, all problems at once. */
export async function imageProblems(
  { images }: Pick<CampaignSpec, 'images'>,
  model: OnnxModel,
  source: ImageSource,
): Promise<string[]> {
  if (images.count !== null && images.count > source.count) {
    return [`the data hold ${source.count} images, received a campaign of ${images.count}`];
  }
  const [first] = await source.read([0]);
  return attempt(() => checkInputs(model, first!));
}

/** List the layers of a campaign; problems when the model lacks them or the array cannot run them. */
export function layerNames(
  { layers, array }: Pick<CampaignSpec, 'layers' | 'array'>,
  model: OnnxModel,
): { readonly names: readonly string[]; readonly problems: readonly string[] } {
  const names: string[] = [];
  const problems: string[] = [];
  for (const wanted of layers ?? [undefined]) {
    const found = attempt(() => {
      const chosen = chooseLayers(model, array.types, wanted === undefined ? undefined : [wanted]);
      names.push(...chosen.map(({ name }) => name));
    });
    problems.push(...found);
  }
  return { names, problems };
}

/** Refuse a campaign with all that is wrong with it. */
export function refuse(name: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new EspalierError(`campaign ${name}: ${problems.join('; ')}`);
}

function attempt(action: () => void): string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (error instanceof ModelError) return [error.message];
    throw error;
  }
}
