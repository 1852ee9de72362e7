import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MASKED_STAGES, type Outcome, PATTERNS } from '../../../src/campaign/outcome.ts';
import { packOutcomes, unpackOutcomes } from '../../../src/campaign/workers/packed-outcomes.ts';

const IMAGES = [4, 0, 17];

const outcome = (image: number): fc.Arbitrary<Outcome> =>
  fc.record({
    image: fc.constant(image),
    fired: fc.boolean(),
    stage: fc.constantFrom(null, ...MASKED_STAGES),
    maskedBefore: fc.constantFrom(null, 'conv2', 'fc1'),
    prediction: fc.option(fc.nat(999)),
    sdc1: fc.boolean(),
    sdc5: fc.boolean(),
    confidenceChange: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    nonFinite: fc.boolean(),
    corrupted: fc.nat(),
    pattern: fc.constantFrom(null, ...PATTERNS),
  });

describe('packed outcomes', () => {
  it('are the same when they are unpacked', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(...IMAGES.map(outcome)), { maxLength: 5 }), (faults) => {
        expect(unpackOutcomes(packOutcomes(faults), IMAGES)).toEqual(faults);
      }),
    );
  });
});
