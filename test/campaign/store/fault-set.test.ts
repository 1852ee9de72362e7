import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FaultSet } from '../../../src/campaign/store/fault-set.ts';

it('a set of faults holds the numbers that were added, once, in ascending order', () => {
  const number = fc.oneof(fc.nat(40), fc.nat(100_000));
  fc.assert(
    fc.property(fc.array(number), fc.array(number), (numbers, others) => {
      const set = new FaultSet();
      for (const n of numbers) set.add(n);
      const unique = new Set(numbers);
      expect([...set]).toEqual([...unique].sort((a, b) => a - b));
      expect(set.size).toBe(unique.size);
      for (const n of [...numbers, ...others]) expect(set.has(n)).toBe(unique.has(n));
    }),
  );
});
