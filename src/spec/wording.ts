const LONGEST_QUOTE = 40;

/** Cut an endless word or number down to what a message can show. */
export function shorten(text: string): string {
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}

/** Print any value that a program may have passed. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${shorten(value)}"`;
  return shorten(Array.isArray(value) ? `[${value.map(show).join(', ')}]` : String(value));
}

/** Print a mask or a value of masked bits as the spec language writes it. */
export function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** An integer of a spec and its limits, both included. */
export interface IntegerRule {
  readonly thing: string;
  readonly least: number;
  readonly most: number;
}

/** Say that an integer is out of its range; null when it is not. `received` is how it was written. */
export function rangeProblem(
  { thing, least, most }: IntegerRule,
  value: number | bigint,
  received = String(value),
): string | null {
  if (value >= least && value <= most) return null;
  return `${thing} must be from ${least} to ${most}, received ${shorten(received)}`;
}

/** Say that a value is no integer or out of its range; null when it is neither. */
export function integerProblem(rule: IntegerRule, value: unknown): string | null {
  if (Number.isInteger(value)) return rangeProblem(rule, value as number);
  return `${rule.thing} must be an integer from ${rule.least} to ${rule.most}, received ${show(value)}`;
}
