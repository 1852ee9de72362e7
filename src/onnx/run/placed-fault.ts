import { ModelError } from '../../errors.ts';
import type { Fault } from '../../fault/fault.ts';

/** A fault that acts in some products of some layers only. */
export interface PlacedFault {
  readonly fault: Fault;
  /** The only layer in whose products it acts; null for all. */
  readonly layer: string | null;
  /**
   * The only output channel in which it shows: the others get what the array computes without it. Channels are those of a
   * convolution's result, the columns of another product; null for all.
   */
  readonly channel: number | null;
  /** The only product of a run of its layers in which it acts, from 0 in the order in which they run; null for all. */
  readonly product: number | null;
}

/** Where a fault acts, as a program says it; what is left out stands for all. */
export interface FaultPlace {
  readonly layer?: string | undefined;
  readonly channel?: number | undefined;
  readonly product?: number | undefined;
}

/**
 * Place a fault.
 * @param layers names of the layers that run on the array
 * @throws {ModelError} for a layer that is not among them, or a channel or product that is no whole number from 0.
 */
export function placeFault(
  fault: Fault,
  { layer, channel, product }: FaultPlace,
  layers: readonly string[],
): PlacedFault {
  if (layer !== undefined && !layers.includes(layer)) {
    throw new ModelError(`layer '${layer}' does not run on the array; those that do are ${layers.join(', ')}`);
  }
  for (const [thing, number] of Object.entries({ 'output channel': channel, product })) {
    if (number !== undefined && !(Number.isInteger(number) && number >= 0)) {
      throw new ModelError(`the ${thing} of a fault must be a whole number from 0, received ${number}`);
    }
  }
  return { fault, layer: layer ?? null, channel: channel ?? null, product: product ?? null };
}

/** Which output channels the lines of a product's result are: row or column n is channel `first` + n. */
export interface ChannelLines {
  readonly axis: 'rows' | 'columns';
  readonly first: number;
}

/**
 * Split a text `LAYER: FAULT`, `LAYER[CHANNEL]: FAULT` or `[CHANNEL]: FAULT` into the place and the fault; a text without a
 * colon is a fault that acts in all layers. Layers come first: one that is itself called `x[3]` is not channel 3 of `x`.
 * @param layers names of the layers that run on the array
 */
export function splitFaultPlace(
  text: string,
  layers: readonly string[],
): { readonly place: FaultPlace; readonly fault: string } {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return { place: {}, fault: text };
  const [where, fault] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  const [, layer = '', channel] = (layers.includes(where) ? null : /^(.*)\[(\d+)\]$/s.exec(where)) ?? [];
  if (channel === undefined) return { place: { layer: where }, fault };
  return { place: { layer: layer === '' ? undefined : layer, channel: Number(channel) }, fault };
}
