import type { Design } from '../../design/design.ts';
import type { FaultKind, FaultNode } from '../../fault/fault.ts';
import { hex } from '../../spec/wording.ts';
import type { StratumKey } from '../campaign-spec.ts';
import type { Coordinates } from './coordinates.ts';

/** A part of a population: the coordinates to which it is narrowed; what is left out is not narrowed. */
export interface Part {
  readonly label: string;
  /** What its faults have in common, as text. */
  readonly values: Readonly<Partial<Record<StratumKey, string>>>;
  readonly layer?: number;
  readonly node?: FaultNode;
  readonly mask?: bigint;
  readonly kind?: FaultKind;
  readonly pe?: number;
  readonly channel?: number | null;
}

const WHOLE: Part = { label: 'all', values: {} };

/** List the parts of a population that some of its properties make, the last property changing fastest. */
export function partsOf(design: Design, coordinates: Coordinates, keys: readonly StratumKey[]): Part[] {
  return [...new Set(keys)].reduce<Part[]>(
    (parts, key) => {
      const choices = choicesOf(design, coordinates, key);
      return parts.flatMap((part) => choices.map((choice) => narrow(part, key, choice)));
    },
    [WHOLE],
  );
}

interface Choice {
  readonly value: string;
  readonly narrowed: Omit<Part, 'label' | 'values'>;
}

function narrow(part: Part, key: StratumKey, { value, narrowed }: Choice): Part {
  const label = part === WHOLE ? `${key} ${value}` : `${part.label}, ${key} ${value}`;
  return { ...part, ...narrowed, label, values: { ...part.values, [key]: value } };
}

function choicesOf({ pes }: Design, coordinates: Coordinates, key: StratumKey): Choice[] {
  switch (key) {
    case 'layer':
      return coordinates.layers.map(({ index, layer }) => ({ value: layer.name, narrowed: { layer: index } }));
    case 'node':
      return coordinates.nodes.map(({ node }) => ({ value: node, narrowed: { node } }));
    case 'bit': {
      const masks = [...new Set(coordinates.nodes.flatMap((node) => node.masks))];
      masks.sort((p, q) => (p < q ? -1 : 1));
      return masks.map((mask) => ({ value: printBits(mask), narrowed: { mask } }));
    }
    case 'kind': {
      const kinds = [...new Set(coordinates.kinds.map(({ kind }) => kind))];
      return kinds.map((kind) => ({ value: kind, narrowed: { kind } }));
    }
    case 'pe':
      return coordinates.pes.map((pe) => ({ value: `${pes[pe]!.x},${pes[pe]!.y}`, narrowed: { pe } }));
    case 'channel': {
      const channels = [...new Set(coordinates.layers.flatMap((layer) => layer.channels))];
      channels.sort((p, q) => (p ?? 0) - (q ?? 0));
      return channels.map((channel) => ({ value: channel === null ? 'all' : String(channel), narrowed: { channel } }));
    }
  }
}

/** A single bit by its number, several as their mask. */
function printBits(mask: bigint): string {
  const bit = mask.toString(2).length - 1;
  return mask === 1n << BigInt(bit) ? String(bit) : hex(mask);
}
