import type { ArraySpec } from '../spec/array-spec.ts';

/** PLACEHOLDER while the core is being written. */
export interface Design {
  readonly spec: ArraySpec;
}
