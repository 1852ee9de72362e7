import type { ArraySpec } from '../spec/array-spec.ts';
import type { Design, RegisterPlane } from './design.ts';

/** What the registers of a PE depend on. */
type Registered = Pick<Design, 'lines' | 'shadow' | 'tokens' | 'spec' | 'product' | 'pipeline'>;

/** Name the registers of a PE in the order in which a trace holds them. */
export function registerPlanes({ lines, shadow, tokens, spec, product, pipeline }: Registered): RegisterPlane[] {
  const planes: RegisterPlane[] = [];
  const add = (name: string, widthBits: number) => planes.push({ name, widthBits, bytes: storageBytes(widthBits) });
  const addDelayed = (name: string, widthBits: number, delayCycles: number) => {
    add(`${name}_q`, widthBits);
    for (let n = 1; n < delayCycles; n++) add(`${name}_link${n}_q`, widthBits);
  };
  addDelayed('a', lines.a.widthBits, lines.a.delayCycles);
  addDelayed('b', lines.b.widthBits, lines.b.delayCycles);
  for (let n = 1; n <= pipeline.productDelays; n++) add(`product${n}_q`, product.widthBits);
  if (spec.multiplierStages > 0) add('p_q', product.widthBits);
  addDelayed('c', lines.c.widthBits, lines.c.delayCycles - pipeline.adderLatency);
  for (const name of tokens?.names ?? []) {
    addDelayed(name, 1, lines[tokens!.carrier].delayCycles);
    if (shadow?.drains) for (const delayed of delayedTokens(name, spec)) add(delayed, 1);
  }
  if (shadow) addDelayed('s', shadow.widthBits, shadow.delayCycles);
  return planes;
}

/** Name the registers in which a token for the c plane waits along with the product, in the order of time. */
export function delayedTokens(name: 'first' | 'last', { multiplierStages }: ArraySpec): string[] {
  return Array.from({ length: multiplierStages }, (_, n) =>
    n === multiplierStages - 1 ? `${name}_p_q` : `${name}_product${n + 1}_q`,
  );
}

/** Bytes in which a compiler keeps a value of so many bits: 1, 2, 4, 8, or whole 4-byte words beyond. */
function storageBytes(widthBits: number): number {
  if (widthBits <= 8) return 1;
  if (widthBits <= 16) return 2;
  if (widthBits <= 32) return 4;
  return widthBits <= 64 ? 8 : 4 * Math.ceil(widthBits / 32);
}
