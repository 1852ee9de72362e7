import { grouped } from '../number-text.ts';
import type { LayerDocument, LayerFaultDocument, OutputDocument, RunDocument, ShareDocument } from './run-document.ts';
import { count, percent, sides, table } from './text.ts';

/** Beyond this many images their predictions are not listed. */
const LISTED_PREDICTIONS = 100;

/** Tell a run in lines: a table of layers, faults, outputs, predictions. */
export function describeRun(document: RunDocument): string[] {
  const { model, array, backend, items, batches, layers, outputs, predictions, baseline, dump } = document;
  const listed = predictions && predictions.length <= LISTED_PREDICTIONS;
  return [
    `${model}: ${count(layers.length, 'layer')} on ${array}, ${backend} backend${batches > 1 ? `, ${count(items, 'item')} in ${batches} batches` : ''}`,
    ...layerTable(layers),
    ...faultLines(layers),
    ...comparisonTable(layers),
    ...outputs.map(describeOutput),
    ...(dump === null ? [] : [`tensors of the layers: in ${dump}`]),
    ...(listed ? [`predictions: ${predictions.join(' ')}`] : []),
    ...accuracyLine('right', document),
    ...(baseline ? accuracyLine('right in ONNX Runtime', baseline) : []),
    ...(baseline?.same ? [`predicted as in ONNX Runtime: ${shareText(baseline.same)}`] : []),
  ];
}

function accuracyLine(what: string, { correct, top5 }: Pick<RunDocument, 'correct' | 'top5'>): string[] {
  return correct && top5 ? [`${what}: ${shareText(correct)}, among the first five: ${shareText(top5)}`] : [];
}

function shareText({ count, of, accuracy }: ShareDocument): string {
  return `${count} of ${of} (${percent(accuracy)})`;
}

/** Warn of layers whose sums may not fit the array's accumulator. */
export function overflowWarnings(layers: readonly LayerDocument[]): string[] {
  return layers.flatMap(({ name, accumulator }) => {
    if (!accumulator || accumulator.neededBits <= accumulator.widthBits) return [];
    const { neededBits, widthBits } = accumulator;
    return [
      `warning: sums of layer ${name} can reach ${neededBits} bits; the array adds in ${widthBits}, so they may wrap`,
    ];
  });
}

function layerTable(layers: readonly LayerDocument[]): string[] {
  const rows = layers.map(({ name, op, lowering, products, macs, stats }) => [
    name,
    op,
    lowering ?? '-',
    products,
    macs,
    stats.tiles,
    stats.cycles,
    percent(stats.utilisation),
    percent(stats.effectiveUtilisation),
    percent(stats.utilisationBound),
  ]);
  return table([
    ['layer', 'operator', 'lowering', 'products', 'MACs', 'tiles', 'cycles', 'utilisation', 'unpadded', 'bound'],
    ...rows,
  ]);
}

function comparisonTable(layers: readonly LayerDocument[]): string[] {
  const rows = layers.flatMap(({ name, comparison }) => {
    if (!comparison) return [];
    const { elements, differing, maxAbsolute, maxUlp } = comparison;
    return [
      [
        name,
        elements,
        differing,
        typeof maxAbsolute === 'number' ? String(Number(maxAbsolute.toPrecision(3))) : maxAbsolute,
        maxUlp ?? '-',
      ],
    ];
  });
  return rows.length === 0
    ? []
    : table([['against ONNX Runtime', 'elements', 'differing', 'max abs', 'max ulp'], ...rows]);
}

/** A line per fault, with the layers in which it acts. */
function faultLines(layers: readonly LayerDocument[]): string[] {
  const lines = new Map<string, { readonly fault: LayerFaultDocument; readonly fired: string[] }>();
  for (const { name, faults } of layers) {
    const seen = new Map<string, number>();
    for (const fault of faults) {
      const key = JSON.stringify([fault.layer, fault.channel, fault.name, fault.fault]);
      // One and the same fault may be given twice.
      const time = (seen.get(key) ?? 0) + 1;
      seen.set(key, time);
      const line = lines.get(`${key} ${time}`) ?? { fault, fired: [] };
      line.fired.push(`${grouped(fault.firedCycles)} in ${name}`);
      lines.set(`${key} ${time}`, line);
    }
  }
  return Array.from(lines.values(), ({ fault, fired }) => {
    return `fault ${faultText(fault)}: cycles in which it changed a bit: ${fired.join(', ')}`;
  });
}

function faultText({ name, fault, channel }: LayerFaultDocument): string {
  const text = name === null ? fault : `${name} (${fault})`;
  return channel === null ? text : `${text}, shown in channel ${channel} only`;
}

function describeOutput({ name, dtype, shape, file }: OutputDocument): string {
  return `output ${name}: ${sides(shape)} ${dtype}${file === null ? '' : `, in ${file}`}`;
}
