import type { Estimate } from '../campaign-summary.ts';
import { html, type Markup } from './markup.ts';

/** Print a share in per cent with its interval, `3.2 % [2.7, 3.9]`, to as many digits as the interval leaves sense in. */
export function shareText({ estimate, wilson }: Pick<Estimate, 'estimate' | 'wilson'>): string {
  return intervalText(estimate, wilson, ' %');
}

/** Print a change of a share in percentage points. */
export function changeText({ estimate, wilson }: Estimate): string {
  return intervalText(estimate, wilson, ' pp');
}

/** Print a share or a change with a given interval. */
function intervalText(estimate: number, [lower, upper]: readonly [number, number], unit: string): string {
  if (lower === upper) return `${percentDigits(estimate, 2)}${unit}`;
  const digits = sensibleDigits(100 * (upper - lower));
  const [middle, from, to] = [estimate, lower, upper].map((share) => percentDigits(share, digits));
  // What was seen is not printed as none.
  const seen = Number(middle) === 0 && estimate > 0 ? Number((100 * estimate).toPrecision(1)).toString() : middle;
  return `${seen}${unit} [${from}, ${to}]`;
}

/** Print an interval alone, with the digits of `intervalText`. */
export function endsText([lower, upper]: readonly [number, number]): string {
  const digits = lower === upper ? 2 : sensibleDigits(100 * (upper - lower));
  return `[${percentDigits(lower, digits)}, ${percentDigits(upper, digits)}]`;
}

/** Print a share without an interval. */
export function percentText(share: number): string {
  return `${percentDigits(share, share > 0 && share < 0.1 ? 2 : 1)} %`;
}

/** Print a change in percentage points without an interval. */
export function pointsText(change: number): string {
  return `${percentDigits(change, 1)} pp`;
}

/** Print what a number is beside the number itself, for programs that read the page. */
export function data(value: number, text: string): Markup {
  return html`<data value="${value}">${text}</data>`;
}

/** Half the interval to one digit, or two where the first is 1 or 2. */
function sensibleDigits(width: number): number {
  return Math.min(6, Math.max(0, Math.ceil(-Math.log10(width / 6))));
}

function percentDigits(share: number, digits: number): string {
  const text = (100 * share).toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace('-', '−');
}

/** Print a confidence, such as `95 %`. */
export function confidenceText(confidence: number): string {
  return `${Number((100 * confidence).toPrecision(6))} %`;
}
