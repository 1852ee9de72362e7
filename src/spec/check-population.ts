import type { PeBox, PopulationBits, PopulationKind, PopulationSpec } from '../campaign/campaign-spec.ts';
import type { FaultKind } from '../fault/fault.ts';
import { BIT_INDEX, kindProblem, MAX_NODE_BITS, maskProblem, nodeProblem } from '../fault/fault-rules.ts';
import type { BitsEntrySyntax, Finder, KindSyntax, PesEntrySyntax, WordSyntax } from './campaign-syntax.ts';
import { X, Y } from './check-fault.ts';
import { checkChoice, checkOnce, checkWords } from './check-once.ts';
import { type Report, within } from './diagnostics.ts';
import { firstCommonBit, firstCommonPe } from './population-overlap.ts';
import { unknownWord } from './suggest.ts';
import type { PeSyntax } from './syntax.ts';
import { hex, shorten } from './wording.ts';

const DEFAULT_KINDS: readonly PopulationKind[] = [
  { kind: 'stuck_at_0', value: null },
  { kind: 'stuck_at_1', value: null },
];

/** Check which faults a campaign is about. */
export function checkPopulation(find: Finder, report: Report): PopulationSpec {
  const kinds = find('kinds')?.kinds;
  const nodes = find('nodes')?.words;
  const bits = find('bits')?.entries;
  const pes = find('pes')?.entries;
  const window = find('window')?.choice;
  return {
    kinds: kinds === undefined ? DEFAULT_KINDS : kindsOf(kinds, report),
    nodes: nodes === undefined ? null : checkWords('the nodes', nodes, nodeProblem, report),
    bits: bits === undefined ? null : bitsOf(bits, report),
    pes: pes === undefined ? null : pesOf(pes, report),
    window: window === undefined ? 'permanent' : checkChoice('window', window, ['permanent', 'transient'], report),
  };
}

function kindsOf(entries: readonly KindSyntax[], report: Report): PopulationKind[] {
  checkOnce(
    'the kinds',
    entries.map(({ kind, to }) => ({
      token: kind,
      name: to === null ? kind.image : `${kind.image} to ${hex(to.value.value)}`,
    })),
    report,
  );
  return entries.map(({ kind, to }) => {
    const problem = kindProblem(kind.image);
    if (problem !== null) report(kind, problem);
    else if (kind.image === 'set' && to === null) report(kind, 'the kind set needs "to" and a value, found none');
    else if (kind.image !== 'set' && to !== null) {
      report(to.token, `only the kind set takes "to" and a value, received kind ${kind.image}`);
    } else if (to !== null && (to.value.value < 0n || to.value.value >> BigInt(MAX_NODE_BITS) !== 0n)) {
      const { token, text } = to.value;
      report(
        token,
        `the value of the kind set has no sign and at most ${MAX_NODE_BITS} bits, received ${shorten(text)}`,
      );
    }
    return { kind: kind.image as FaultKind, value: to?.value.value ?? null };
  });
}

/** Null for all; a bit that several entries name would be a fault that counts more than once. */
function bitsOf(entries: readonly BitsEntrySyntax[], report: Report): PopulationBits[] | null {
  if (isAll('bits', entries, ['all', 'mask'], report)) return null;
  const bits: PopulationBits[] = [];
  for (const entry of entries) {
    if (entry.form === 'word') continue;
    const { token } = entry.form === 'mask' ? entry.mask : entry.from;
    const read = entry.form === 'mask' ? maskOf(entry, report) : rangeOf(entry, report);
    if (read === null) continue;
    const common = bits.map((earlier) => firstCommonBit(earlier, read)).find((bit) => bit !== null);
    if (common !== undefined) report(token, `the bits name ${common} twice, each may stand once`);
    bits.push(read);
  }
  return bits;
}

function maskOf({ mask }: Extract<BitsEntrySyntax, { form: 'mask' }>, report: Report): PopulationBits | null {
  const problem = maskProblem(mask.value, mask.text);
  if (problem === null) return { form: 'mask', mask: mask.value };
  report(mask.token, problem);
  return null;
}

function rangeOf(entry: Extract<BitsEntrySyntax, { form: 'range' }>, report: Report): PopulationBits | null {
  const from = within(entry.from, BIT_INDEX, report);
  const to = entry.to === null ? from : within(entry.to, BIT_INDEX, report);
  if (from === null || to === null) return null;
  if (from <= to) return { form: 'range', from, to };
  report(entry.from.token, `a range of bits goes from its lowest bit to its highest, received ${from} to ${to}`);
  return null;
}

function pesOf(entries: readonly PesEntrySyntax[], report: Report): PeBox[] | null {
  if (isAll('PEs', entries, ['all'], report)) return null;
  const boxes: PeBox[] = [];
  for (const entry of entries) {
    if (entry.form === 'word') continue;
    const from = peOf(entry.from, report);
    const to = entry.to === null ? from : peOf(entry.to, report);
    if (from === null || to === null) continue;
    if (from[0] > to[0] || from[1] > to[1]) {
      const received = `(${from.join(', ')}) to (${to.join(', ')})`;
      report(entry.from.token, `a box of PEs goes from its lowest x and y to its highest, received ${received}`);
      continue;
    }
    const box = { from, to };
    const common = boxes.map((earlier) => firstCommonPe(earlier, box)).find((pe) => pe !== null);
    if (common !== undefined) report(entry.from.token, `the PEs name ${common} twice, each may stand once`);
    boxes.push(box);
  }
  return boxes;
}

function peOf({ x, y }: PeSyntax, report: Report): [x: number, y: number] | null {
  const [readX, readY] = [within(x, X, report), within(y, Y, report)];
  return readX === null || readY === null ? null : [readX, readY];
}

/** Tell whether a list is the word `all`, and refuse words in any other list. */
function isAll(
  things: string,
  entries: readonly (WordSyntax | { readonly form: unknown })[],
  known: readonly string[],
  report: Report,
): boolean {
  const words = entries.filter((entry): entry is WordSyntax => entry.form === 'word');
  for (const { word } of words) {
    if (word.image !== 'all') report(word, unknownWord(`choice of ${things}`, shorten(word.image), known));
    else if (entries.length > 1) report(word, `"all" stands alone, received it beside other ${things}`);
  }
  return entries.length === 1 && words.length === 1;
}
