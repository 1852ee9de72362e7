import { FileError } from '../../errors.ts';
import type { CampaignRecord } from './record.ts';

/** What a campaign is made of; outcomes of different ones must not end up in one store. */
export type Origin = Pick<CampaignRecord, 'text' | 'versions' | 'hashes' | 'backend' | 'ownPieces'>;

interface Part {
  readonly name: string;
  readonly plural?: boolean;
  /** The whole value; hashes are cut only to be shown. */
  of(record: Origin): string | null;
  /** Says what has changed; the values before and after when left out. */
  describe?(stored: Origin, now: Origin): string;
}

const SHOWN_DIGITS = 12;

const PARTS: readonly Part[] = [
  {
    name: "the campaign's text",
    of: ({ hashes }) => hashes.campaign,
    describe: (stored, now) => changedStatements(stored.text, now.text),
  },
  { name: 'the design of the array', of: ({ hashes }) => hashes.design },
  { name: 'the model', of: ({ hashes }) => hashes.model },
  { name: 'the data set', of: ({ hashes }) => hashes.data },
  { name: 'the labels', plural: true, of: ({ hashes }) => hashes.labels },
  { name: 'the version of Espalier', of: ({ versions }) => versions.espalier },
  { name: 'the version of Node.js', of: ({ versions }) => versions.node },
  { name: 'the version of ONNX Runtime', of: ({ versions }) => versions.onnxruntime },
  { name: 'the processor', of: ({ versions }) => versions.processor },
  { name: 'the backend', of: ({ backend }) => backend },
  { name: 'the own pieces', plural: true, of: ({ ownPieces }) => ownPieces.join(' and ') || null },
];

/**
 * Refuse to go on with a campaign when anything has changed that its outcomes depend on.
 * @param action what is being refused
 * @throws {FileError} that names all that has changed, with what it was and what it is
 */
export function assertSame(stored: Origin, now: Origin, action: 'resumed' | 'replayed' | 'run on' = 'resumed'): void {
  const changed = PARTS.filter(({ of }) => of(stored) !== of(now));
  if (changed.length === 0) return;
  const have = changed.length > 1 || changed[0]!.plural ? 'have' : 'has';
  const changes = changed
    .map(({ of, describe }) => describe?.(stored, now) ?? `${shown(of(stored))} → ${shown(of(now))}`)
    .join(', ');
  const names = list(changed.map(({ name }) => name));
  throw new FileError(`the campaign cannot be ${action}: ${names} ${have} changed since it began (${changes})`);
}

/** Name the statements that only one of two campaigns in canonical text has. */
function changedStatements(stored: string, now: string): string {
  const [before, after] = [stored, now].map((text) => text.split('\n').map((line) => line.trim())) as [
    string[],
    string[],
  ];
  const gone = before.filter((line) => !after.includes(line));
  const come = after.filter((line) => !before.includes(line));
  return `${gone.join('; ') || 'nothing'} → ${come.join('; ') || 'nothing'}`;
}

function shown(value: string | null): string {
  if (value === null) return 'none';
  return /^[0-9a-f]{13,}$/.test(value) ? `${value.slice(0, SHOWN_DIGITS)}…` : value;
}

function list(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
