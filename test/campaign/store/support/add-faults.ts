/**
 * Add faults to a store, batch by batch, until all are there: node add-faults.ts STORE COUNT BATCH. Prints the number of
 * faults that the store holds after each batch, and `locked` once the store is open.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../../../../src/campaign/store/open-store.ts';
import { doneFault } from './made-up-campaign.ts';

const [path, count, batch] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const store = openStore(path, { readonly: false });
const say = (text: string | number) => writeSync(1, `${text}\n`);
say('locked');
const done = store.doneFaults();
say(done.size);
const missing = Array.from({ length: count }, (_, n) => n).filter((n) => !done.has(n));
// The last ones first: a store must not depend on the order.
while (missing.length > 0) {
  store.add(missing.splice(-batch).map((n) => doneFault(n)));
  say(count - missing.length);
}
store.close();
