import { grouped } from '../number-text.ts';
import type { LayerDocument, OutputDocument, RunDocument } from './run.ts';
import { count, percent, sides, table } from './text.ts';

/** Beyond this many images their predictions are not listed. */
const LISTED_PREDICTIONS = 100;

/** Tell a run in lines: a table of layers, faults, outputs, predictions. */
export function describeRun(document: RunDocument): string[] {
  const { model, array, backend, layers, outputs, predictions, correct } = document;
  const listed = predictions && predictions.length <= LISTED_PREDICTIONS;
  return [
    `${model}: ${count(layers.length, 'layer')} on ${array}, ${backend} backend`,
    ...layerTable(layers),
    ...faultLines(layers),
    ...outputs.map(describeOutput),
    ...(listed ? [`predictions: ${predictions.join(' ')}`] : []),
    ...(correct ? [`right: ${correct.count} of ${correct.of} (${percent(correct.accuracy)})`] : []),
  ];
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
  const rows = layers.map(({ name, op, products, macs, stats }) => [
    name,
    op,
    products,
    macs,
    stats.tiles,
    stats.cycles,
    percent(stats.utilisation),
    percent(stats.effectiveUtilisation),
    percent(stats.utilisationBound),
  ]);
  return table([
    ['layer', 'operator', 'products', 'MACs', 'tiles', 'cycles', 'utilisation', 'unpadded', 'bound'],
    ...rows,
  ]);
}

function faultLines(layers: readonly LayerDocument[]): string[] {
  const faults = layers[0]?.faults ?? [];
  return faults.map(({ name, fault }, at) => {
    const fired = layers.map((layer) => `${grouped(layer.faults[at]!.firedCycles)} in ${layer.name}`);
    return `fault ${name === null ? fault : `${name} (${fault})`}: cycles in which it changed a bit: ${fired.join(', ')}`;
  });
}

function describeOutput({ name, dtype, shape, file }: OutputDocument): string {
  return `output ${name}: ${sides(shape)} ${dtype}${file === null ? '' : `, in ${file}`}`;
}
