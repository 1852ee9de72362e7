/** Make up the store of a campaign: `node make-store.ts FILE [FAULTS [IMAGES [SIDE [os|nlr [CYCLES]]]]]`. */
import { rmSync } from 'node:fs';
import { fillStore, NO_LOCAL_REUSE, OUTPUT_STATIONARY, SMALL } from './fill-store.ts';

const [path = 'out.campaign.db', faults = '10000', images = '100', side = '8', shape = 'os', cycles] =
  process.argv.slice(2);
rmSync(path, { force: true });
fillStore(path, {
  ...SMALL,
  faults: Number(faults),
  images: Number(images),
  size: [Number(side), Number(side), Number(side)],
  matrix: shape === 'nlr' ? NO_LOCAL_REUSE : OUTPUT_STATIONARY,
  cycles: cycles === undefined ? null : Number(cycles),
  errorEvery: 997,
});
