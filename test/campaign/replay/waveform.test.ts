import { expect, it } from 'vitest';
import { chooseProduct } from '../../../src/campaign/replay/waveform.ts';

const job = {} as Parameters<typeof chooseProduct>[0][number]['job'];

it.each([
  [
    'changes a result',
    [
      [4, 0, 0],
      [5, 3, 0],
      [6, 3, 2],
      [7, 9, 9],
    ],
    6,
  ],
  [
    'fires, where no result changes',
    [
      [4, 0, 0],
      [5, 3, 0],
      [6, 3, 0],
    ],
    5,
  ],
  [
    'acts, where it never fires',
    [
      [4, 0, 0],
      [5, 0, 0],
    ],
    4,
  ],
] as const)('the waveform shows the first product in which the fault %s', (_, products, chosen) => {
  const runs = products.map(([product, firedCycles, changed]) => ({ product, firedCycles, changed, job }));
  expect(chooseProduct(runs)).toBe(chosen);
});
