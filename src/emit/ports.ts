/** A port of a module as the templates print it. */
export interface PortView {
  readonly direction: 'input ' | 'output';
  readonly range: string;
  readonly name: string;
}

/** Ports that belong together, under one line of comment. */
export interface PortGroup {
  readonly comment: string;
  readonly ports: readonly PortView[];
}

/** The ports that every module with registers has. */
export const CONTROL = { clock: 'clk_i', reset: 'rst_i', enable: 'en_i' } as const;

export const CONTROL_GROUP: PortGroup = {
  comment: 'clock, synchronous reset, clock enable',
  ports: Object.values(CONTROL).map((name) => ({ direction: 'input ', range: '', name })),
};

/** Print a number of cycles in words. */
export function cycles(count: number): string {
  return count === 1 ? '1 cycle' : `${count} cycles`;
}
