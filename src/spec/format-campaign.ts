import type { CampaignSpec, PeBox, PopulationBits, PopulationSpec, SamplingSpec } from '../campaign/campaign-spec.ts';
import { formatPercent } from './percent.ts';
import { hex } from './wording.ts';

/**
 * Print a campaign in the language that `parseSpec` reads, with its defaults filled in. Its array is named by its name
 * only: reading it beside that array gives an equal campaign. Equal campaigns give the same text.
 */
export function formatCampaign(spec: CampaignSpec): string {
  const { images, layers, channels, labels, strata } = spec;
  const statements = [
    `array ${spec.array.name}`,
    `model ${JSON.stringify(spec.model)}`,
    ...spec.data.map(formatData),
    ...(labels === null ? [] : [`labels ${JSON.stringify(labels)}`]),
    `images ${images.count ?? 'all'}${images.order === 'random' ? ' random' : ''}`,
    ...(layers === null ? [] : [`layers ${layers.map((layer) => JSON.stringify(layer)).join(', ')}`]),
    `lowering ${spec.lowering}`,
    `channels ${typeof channels === 'string' ? channels : channels.join(', ')}`,
    ...formatPopulation(spec.population),
    `sample ${formatSampling(spec.sampling)}`,
    ...(strata.length === 0 ? [] : [`strata ${strata.join(', ')}`]),
    `confidence ${formatPercent(spec.confidence)}`,
    `outcomes confidence_change ${spec.confidenceChanges.map(formatPercent).join(', ')}`,
    `seed ${spec.seed}`,
  ];
  return `campaign ${spec.name} {\n${statements.map((statement) => `  ${statement}\n`).join('')}}\n`;
}

function formatData({ input, path, preprocess }: CampaignSpec['data'][number]): string {
  const of = input === null ? '' : ` input ${JSON.stringify(input)}`;
  return `data${of} ${JSON.stringify(path)}${preprocess === null ? '' : ` preprocess ${JSON.stringify(preprocess)}`}`;
}

function formatPopulation({ kinds, nodes, bits, pes, window }: PopulationSpec): string[] {
  return [
    `kinds ${kinds.map(({ kind, value }) => (value === null ? kind : `${kind} to ${hex(value)}`)).join(', ')}`,
    ...(nodes === null ? [] : [`nodes ${nodes.join(', ')}`]),
    ...(bits === null ? [] : [`bits ${bits.map(formatBits).join(', ')}`]),
    ...(pes === null ? [] : [`pes ${pes.map(formatBox).join(', ')}`]),
    `window ${window}`,
  ];
}

function formatBits(bits: PopulationBits): string {
  if (bits.form === 'mask') return `mask ${hex(bits.mask)}`;
  return bits.from === bits.to ? String(bits.from) : `${bits.from} to ${bits.to}`;
}

function formatBox({ from, to }: PeBox): string {
  const [first, last] = [`(${from.join(', ')})`, `(${to.join(', ')})`];
  return first === last ? first : `${first} to ${last}`;
}

function formatSampling(sampling: SamplingSpec): string {
  if (sampling.method === 'exhaustive') return 'exhaustive';
  if (sampling.method === 'sequential') return `until ${formatPercent(sampling.margin)}`;
  const each = sampling.each ? ' each' : '';
  if (sampling.method === 'count') return `${sampling.count}${each}`;
  return `margin ${formatPercent(sampling.margin)} p ${formatPercent(sampling.p)}${each}`;
}
