import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { FaultKind, FaultNode } from '../../fault/fault.ts';
import { MASKED_STAGES, type Outcome, PATTERNS } from '../outcome.ts';
import type { FaultRow } from './fault-row.ts';

/** How many faults of the population have a property: `live` ones, and `dead` ones that are known to be masked. */
export interface DomainRow {
  readonly dimension: string;
  readonly value: string;
  readonly live: number;
  readonly dead: number;
}

/** The fault-free run of one image with one layer on the array; places of layer and image. */
export interface CleanRow {
  readonly layer: number;
  readonly image: number;
  /** Null without scores, as is `confidence`; `correct` is null without labels. */
  readonly prediction: number | null;
  readonly confidence: number | null;
  readonly correct: boolean | null;
}

/** What a fault, by its number, did to one image. */
export interface OutcomeRow extends Outcome {
  readonly fault: number;
}

/** A table of the store: its columns in order, and the way from a row to their values and back. */
export interface Table<Row> {
  readonly name: string;
  readonly columns: readonly string[];
  values(row: Row): SQLInputValue[];
  row(values: readonly SQLOutputValue[]): Row;
}

export const DOMAINS: Table<DomainRow> = {
  name: 'domains',
  columns: ['dimension', 'value', 'live', 'dead'],
  values: ({ dimension, value, live, dead }) => [dimension, value, live, dead],
  row: ([dimension, value, live, dead]) => ({
    dimension: dimension as string,
    value: value as string,
    live: live as number,
    dead: dead as number,
  }),
};

export const CLEAN: Table<CleanRow> = {
  name: 'clean',
  columns: ['layer', 'image', 'prediction', 'confidence', 'correct'],
  values: ({ layer, image, prediction, confidence, correct }) => [
    layer,
    image,
    prediction,
    confidence,
    correct === null ? null : Number(correct),
  ],
  row: ([layer, image, prediction, confidence, correct]) => ({
    layer: layer as number,
    image: image as number,
    prediction: prediction as number | null,
    confidence: confidence as number | null,
    correct: correct === null ? null : correct === 1,
  }),
};

export const FAULTS: Table<FaultRow> = {
  name: 'faults',
  columns: [
    ...['n', 'stratum', 'layer', 'channel', 'product', 'x', 'y', 'node', 'kind', 'mask', 'bit', 'tile', 'cycle'],
    ...['product_cycle', 'text', 'error', 'correct', 'clean_correct', 'corrupted', 'pattern'],
  ],
  values: (row) => [
    ...[row.n, row.stratum, row.layer, row.channel, row.product, row.x, row.y, row.node, row.kind, row.mask, row.bit],
    ...[row.tile, row.cycle, row.productCycle, row.text, row.error, row.correct, row.cleanCorrect, row.corrupted],
    placeIn(PATTERNS, row.pattern),
  ],
  row: (values) => {
    const [n, stratum, layer, channel, product, x, y, node, kind, mask, bit, tile, cycle] = values;
    const [productCycle, text, error, correct, cleanCorrect, corrupted, pattern] = values.slice(13);
    return {
      n: n as number,
      stratum: stratum as number,
      layer: layer as number,
      channel: channel as number | null,
      product: product as number | null,
      x: x as number,
      y: y as number,
      node: node as FaultNode,
      kind: kind as FaultKind,
      mask: mask as string,
      bit: bit as number | null,
      tile: tile as number | null,
      cycle: cycle as number | null,
      productCycle: productCycle as number | null,
      text: text as string,
      error: error as string | null,
      correct: correct as number | null,
      cleanCorrect: cleanCorrect as number | null,
      corrupted: corrupted as number,
      pattern: atPlace(PATTERNS, pattern as number | null),
    };
  },
};

export const OUTCOMES: Table<OutcomeRow> = {
  name: 'outcomes',
  columns: [
    ...['fault', 'image', 'fired', 'stage', 'masked_before', 'prediction', 'sdc1', 'sdc5', 'confidence_change'],
    ...['non_finite', 'corrupted', 'pattern'],
  ],
  values: (row) => outcomeValues(row.fault, row),
  row: (values) => {
    const [fault, image, fired, stage, maskedBefore, prediction, sdc1, sdc5, change, nonFinite, corrupted] = values;
    return {
      fault: fault as number,
      image: image as number,
      fired: fired === 1,
      stage: atPlace(MASKED_STAGES, stage as number | null),
      maskedBefore: maskedBefore as string | null,
      prediction: prediction as number | null,
      sdc1: sdc1 === 1,
      sdc5: sdc5 === 1,
      confidenceChange: change as number | null,
      nonFinite: nonFinite === 1,
      corrupted: corrupted as number,
      pattern: atPlace(PATTERNS, values[11] as number | null),
    };
  },
};

/** The values of an outcome's row, in the order of its columns. */
export function outcomeValues(fault: number, outcome: Outcome): SQLInputValue[] {
  return [
    fault,
    outcome.image,
    outcome.fired ? 1 : 0,
    placeIn(MASKED_STAGES, outcome.stage),
    outcome.maskedBefore,
    outcome.prediction,
    outcome.sdc1 ? 1 : 0,
    outcome.sdc5 ? 1 : 0,
    outcome.confidenceChange,
    outcome.nonFinite ? 1 : 0,
    outcome.corrupted,
    placeIn(PATTERNS, outcome.pattern),
  ];
}

function placeIn<T>(items: readonly T[], item: T | null): number | null {
  return item === null ? null : items.indexOf(item);
}

function atPlace<T>(items: readonly T[], place: number | null): T | null {
  return place === null ? null : items[place]!;
}
