import type { DataSource } from '../data/data-source.ts';
import { openData } from '../data/open-data.ts';
import { EspalierError } from '../errors.ts';
import type { OnnxModel } from '../onnx/file/model.ts';
import { ELEMENT_TYPES, type ElementType } from '../tensor/tensor.ts';
import { filesByName } from './files.ts';

/** The flags of `espalier run` that say what the inputs are. */
export interface InputFlags {
  readonly input: readonly string[];
  readonly preprocess: readonly string[];
  readonly shape: readonly string[];
  readonly dtype: readonly string[];
}

/** Open the data of a model's inputs; `close` closes all. */
export async function openInputs(
  model: OnnxModel,
  flags: InputFlags,
): Promise<{ readonly sources: Readonly<Record<string, DataSource>>; close(): Promise<void> }> {
  const names = model.inputs.map(({ name }) => name);
  const files = await filesByName(flags.input, { flag: '--input', thing: 'input', names });
  const preprocess = textsByName(flags.preprocess, '--preprocess', names);
  const shapes = textsByName(flags.shape, '--shape', names);
  const dtypes = textsByName(flags.dtype, '--dtype', names);
  for (const [flag, texts] of Object.entries({ preprocess, shape: shapes, dtype: dtypes })) {
    const idle = [...texts.keys()].find((name) => !files.has(name));
    if (idle !== undefined)
      throw new EspalierError(`--${flag} is for the input "${idle}", which --input does not give`);
  }
  const sources: Record<string, DataSource> = {};
  const close = async () => {
    for (const source of Object.values(sources)) await source.close();
  };
  try {
    for (const [name, file] of files) {
      sources[name] = await openData(file, {
        preprocess: preprocess.get(name),
        shape: shapeOf(shapes.get(name)),
        dtype: dtypeOf(dtypes.get(name)),
      });
    }
    return { sources, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Match `[NAME=]TEXT` arguments to inputs; a text without a name belongs to the only one. */
function textsByName(texts: readonly string[], flag: string, names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const given of texts) {
    const equals = given.indexOf('=');
    const [own, text] = equals <= 0 ? [null, given] : [given.slice(0, equals), given.slice(equals + 1)];
    if (own === null && names.length !== 1) {
      throw new EspalierError(
        `the model has ${names.length} inputs, say which one ${flag} is for: ${names.map((name) => `${flag} "${name}=${text}"`).join(', ')}`,
      );
    }
    const name = own ?? names[0]!;
    if (!names.includes(name)) {
      throw new EspalierError(`the model has no input "${name}"; its inputs are ${names.join(', ')}`);
    }
    if (found.has(name)) throw new EspalierError(`the input "${name}" is given twice by ${flag}`);
    found.set(name, text);
  }
  return found;
}

function shapeOf(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || /^\d+(x\d+)*$/.test(text)) return text?.split('x').map(Number);
  throw new EspalierError(`--shape is lengths with x between them, such as 64x1x28x28, received ${text}`);
}

function dtypeOf(text: string | undefined): ElementType | undefined {
  if (text === undefined) return undefined;
  const type = ELEMENT_TYPES.find((known) => known === text);
  if (type) return type;
  throw new EspalierError(`--dtype must be one of ${ELEMENT_TYPES.join(', ')}, received ${text}`);
}
