import { relative, sep } from 'node:path';
import { OPERATOR_KINDS, type Operator } from '../dtype/operator.ts';
import { EspalierError } from '../errors.ts';
import type { CycleWindow, FaultSpec } from '../fault/fault.ts';
import { formatMatrix } from '../projection/space-time.ts';
import type { ArraySpec, SpecFile } from './array-spec.ts';
import { defaultAdderStages } from './complete-spec.ts';
import { formatCampaign } from './format-campaign.ts';
import { hex } from './wording.ts';

/** What a spec file holds; a program may leave out campaigns. */
type SpecContent = Omit<SpecFile, 'campaigns'> & Partial<Pick<SpecFile, 'campaigns'>>;

/**
 * Print a spec in the language that `parseSpec` reads; reading it again gives an equal spec, which also has the arrays
 * that its campaigns take from other files. The paths of operators start from `folder`, or are absolute when it is left
 * out.
 *
 * @throws {EspalierError} when a campaign's array has the name of another array.
 */
export function formatSpec({ arrays, faults, campaigns = [] }: SpecContent, folder?: string): string {
  const texts = new Map(arrays.map((array) => [array.name, formatArray(array, folder)]));
  for (const { name, array } of campaigns) {
    const text = formatArray(array, folder);
    if ((texts.get(array.name) ?? text) !== text) {
      throw new EspalierError(
        `campaign "${name}" and its array "${array.name}" cannot be printed beside another array "${array.name}"`,
      );
    }
    texts.set(array.name, text);
  }
  const lines = faults.map((fault) => `fault ${fault.name}: ${formatFault(fault)}\n`);
  return [...texts.values(), ...(lines.length > 0 ? [lines.join('')] : []), ...campaigns.map(formatCampaign)].join(
    '\n',
  );
}

/** Print a fault without its name, as `parseFault` reads it. */
export function formatFault({ kind, node, pe, bits, value, window }: FaultSpec): string {
  const selection = bits.form === 'index' ? `bit ${bits.index}` : `bits ${hex(bits.mask)}`;
  const to = value === null ? '' : ` to ${bits.form === 'index' ? formatBit(value, bits.index) : hex(value)}`;
  const msb = bits.msb === 'first' ? ' msb first' : '';
  const cycles = window.from === 0 && window.to === Number.POSITIVE_INFINITY ? '' : ` cycles ${formatWindow(window)}`;
  const tile = window.tile === null ? '' : ` tile ${window.tile}`;
  return `${kind} ${selection}${msb}${to} of ${node} at (${pe.x}, ${pe.y})${cycles}${tile}`;
}

/** Print the cycles of a window with the signs of the language, such as `>=4<=9`; nothing for all cycles. */
export function formatWindow({ from, to }: Omit<CycleWindow, 'tile'>): string {
  if (from === to) return `=${from}`;
  const lower = from === 0 ? '' : `>=${from}`;
  const upper = to === Number.POSITIVE_INFINITY ? '' : `<=${to}`;
  return lower + upper;
}

function formatArray(spec: ArraySpec, folder: string | undefined): string {
  const { name, size, projection, types, wrap, faultSlots, faultNodes, multiplierStages, adderStages } = spec;
  const printsAdderStages = adderStages > 1 || defaultAdderStages(spec) > 1;
  const statements = [
    `size ${size.join(' x ')}`,
    `projection ${projection.preset ?? formatMatrix(projection.matrix)}`,
    `types a: ${types.a}, b: ${types.b}, c: ${types.c}${wrap ? ' wrap' : ''}`,
    ...(faultSlots > 0 ? [`fault_slots ${faultSlots}`] : []),
    ...(faultNodes === null ? [] : [`fault_nodes ${faultNodes.join(', ')}`]),
    ...(multiplierStages > 0 ? [`multiplier_stages ${multiplierStages}`] : []),
    ...(spec.multiplierStyle === 'inferred' ? [] : [`multiplier_style ${spec.multiplierStyle}`]),
    ...(printsAdderStages ? [`adder_stages ${adderStages}`] : []),
    ...OPERATOR_KINDS.flatMap((kind) => formatOperator(spec.operators[kind], folder)),
  ];
  return `array ${name} {\n${statements.map((statement) => `  ${statement}\n`).join('')}}\n`;
}

function formatOperator(operator: Operator | null, folder: string | undefined): string[] {
  if (operator === null) return [];
  const { kind, path } = operator;
  const shown = folder === undefined ? path : relative(folder, path);
  return [`${kind} ${JSON.stringify(shown.replaceAll(sep, '/'))}`];
}

/** A value that is neither 0 nor the bit in its place, which a program may pass, is printed whole for the message. */
function formatBit(value: bigint, index: number): string {
  if (value === 0n) return '0';
  return Number.isInteger(index) && value === 1n << BigInt(index) ? '1' : hex(value);
}
