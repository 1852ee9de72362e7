import { ModelError } from '../../errors.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { isElementType } from '../file/element-types.ts';
import type { OnnxModel, ValueInfo } from '../file/model.ts';
import { checkInputs } from '../run/model-inputs.ts';

/** What is said of a model's inputs where the model leaves it open. */
export interface InputSizes {
  /** Length of the first axis of every input that leaves it open. */
  readonly batch?: number | undefined;
  /** Shapes of inputs by name. A symbolic length that follows from one holds for the others, too. */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
}

/**
 * Make zeros of the declared shapes; a length that neither the model nor the sizes tell is 1.
 * @throws {ModelError} for sizes that do not fit the model, or an input whose element type or rank is not known.
 */
export function zeroInputs(model: OnnxModel, { batch, shapes = {} }: InputSizes): Record<string, Tensor> {
  const isGiven = ({ name }: ValueInfo) => Object.hasOwn(shapes, name);
  const lengths = new Map<string, number>();
  for (const { name, shape } of model.inputs.filter(isGiven)) {
    for (const [axis, side] of (shape ?? []).entries()) {
      const length = shapes[name]![axis];
      if (typeof side === 'string' && length !== undefined) lengths.set(side, length);
    }
  }
  if (batch !== undefined) {
    const open = model.inputs.filter((input) => !isGiven(input) && hasOpenBatch(input));
    if (open.length === 0) throw new ModelError(`no input of ${model.path} leaves its first axis open to a batch`);
    for (const [symbol] of open.map(({ shape }) => shape!)) {
      if (typeof symbol === 'string' && !lengths.has(symbol)) lengths.set(symbol, batch);
    }
  }
  const unknown = Object.keys(shapes).filter((name) => !model.inputs.some((input) => input.name === name));
  const inputs = Object.fromEntries(
    model.inputs.map((input) => [input.name, zeros(model, input, shapes[input.name] ?? filled(input, lengths, batch))]),
  );
  // A shape for an input that the model does not have is refused like the input itself.
  checkInputs(model, { ...inputs, ...Object.fromEntries(unknown.map((name) => [name, tensor('bool', [])])) });
  return inputs;
}

function hasOpenBatch({ shape }: ValueInfo): boolean {
  return shape !== null && shape.length > 0 && typeof shape[0] !== 'number';
}

function filled({ shape }: ValueInfo, lengths: ReadonlyMap<string, number>, batch = 1): readonly number[] | null {
  if (shape === null) return null;
  return shape.map((side, axis) => {
    if (typeof side === 'number') return side;
    return side === null ? (axis === 0 ? batch : 1) : (lengths.get(side) ?? 1);
  });
}

function zeros({ path }: OnnxModel, { name, type }: ValueInfo, shape: readonly number[] | null): Tensor {
  if (type === null || !isElementType(type)) {
    throw new ModelError(`input '${name}' of ${path} holds ${type ?? 'no tensor'}, for which there are no zeros`);
  }
  if (shape === null) throw new ModelError(`input '${name}' of ${path} declares no shape, so one must be given`);
  return tensor(type, shape);
}
