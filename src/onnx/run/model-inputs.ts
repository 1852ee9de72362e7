import { ModelError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { OnnxModel, ValueInfo } from '../file/model.ts';

/**
 * Check what a run is given against what the model declares: all inputs there, no others, and each of the declared
 * element type, rank and fixed lengths; axes with one symbolic name must have one length.
 * @throws {ModelError} for the first input that is wrong.
 */
export function checkInputs(model: OnnxModel, inputs: Readonly<Record<string, Tensor>>): void {
  const names = model.inputs.map(({ name }) => name);
  for (const name of Object.keys(inputs)) {
    if (!names.includes(name)) {
      const list = names.length > 0 ? `its inputs are ${names.join(', ')}` : 'it has no inputs';
      throw new ModelError(`input '${name}' is not an input of ${model.path}; ${list}`);
    }
  }
  const lengths = new Map<string, number>();
  for (const info of model.inputs) {
    const value = Object.hasOwn(inputs, info.name) ? inputs[info.name] : undefined;
    if (!value) throw new ModelError(`input '${info.name}' of ${model.path} is missing`);
    checkInput(info, value, lengths);
  }
}

function checkInput({ name, type, shape }: ValueInfo, value: Tensor, lengths: Map<string, number>): void {
  if (value.type !== type) throw new ModelError(`input '${name}' must be ${type ?? 'no tensor'}, not ${value.type}`);
  if (!shape) return;
  const declared = `[${shape.map((side) => side ?? '?').join(',')}]`;
  const complaint = `input '${name}' must have shape ${declared}, not [${value.shape}]`;
  if (shape.length !== value.shape.length) throw new ModelError(complaint);
  for (const [axis, side] of shape.entries()) {
    const length = value.shape[axis]!;
    if (typeof side === 'number' && side !== length) throw new ModelError(complaint);
    if (typeof side !== 'string') continue;
    const before = lengths.get(side) ?? length;
    if (before !== length) throw new ModelError(`${complaint}: ${side} is already ${before}`);
    lengths.set(side, before);
  }
}
