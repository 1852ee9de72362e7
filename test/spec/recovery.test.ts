import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { SpecError } from '../../src/errors.ts';
import { parseFault, parseSpec } from '../../src/spec/parse.ts';
import { tokenize } from '../../src/spec/tokens.ts';
import { CAMPAIGN, EXAMPLE, MORE } from './example.ts';

function messages(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.diagnostics.map(({ message }) => message);
  }
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const parse = (text: string) => parseSpec(text, 'f', ROOT);
const ALL = EXAMPLE + MORE + CAMPAIGN;
const isBrace = (image: string) => image === '{' || image === '}';

describe.each([EXAMPLE, MORE, CAMPAIGN])('one mistake gives one message', (example) => {
  const tokens = tokenize(example);

  it('and none gives none', () => {
    expect(messages(() => parse(example))).toEqual([]);
  });

  test.each(['', '@', 'zzz', '7', ')', '}', '"', '"a"', 'é'])('when any token becomes %j', (wrong) => {
    for (const { image, startOffset } of tokens.filter((token) => !isBrace(token.image) || wrong === '')) {
      // A path that leads nowhere lacks both of its files.
      if (image.startsWith('"') && wrong === '"a"') continue;
      const text = example.slice(0, startOffset) + wrong + example.slice(startOffset + image.length);
      expect(messages(() => parse(text)).length, `${image} → ${wrong} in\n${text}`).toBeLessThanOrEqual(1);
    }
  });

  it('when any line is cut after any token', () => {
    for (const { image, startOffset } of tokens.filter((token) => !isBrace(token.image) && token.image !== '\n')) {
      const lineEnd = example.indexOf('\n', startOffset);
      const text = example.slice(0, startOffset + image.length) + example.slice(lineEnd);
      if (example.slice(startOffset, lineEnd).includes('{')) continue;
      expect(messages(() => parse(text)).length, text).toBeLessThanOrEqual(1);
    }
  });
});

describe('one mistake gives one message', () => {
  test.each([
    'array a { types { a: int8; b: int8 }\nsize 1 x 1 x 1\nprojection output_stationary }',
    'array a { size 1 x 1 x 1 }\nprojection output_stationary\ntypes a: int8, b: int8\n}',
    'array a { dimensions 1 x 1 x 1\nprojection output_stationary\ntypes a: int8, b: int8\n}',
  ])('as in %j', (text) => {
    expect(messages(() => parseSpec(text, 'f'))).toHaveLength(1);
  });
});

describe('a text that is no spec', () => {
  const tokens = tokenize(ALL);
  const jargon = /token|rule\b|alternative|-->|undefined|NaN|Noviable|\[object/i;
  const piece = fc.oneof(
    fc.constantFrom(...new Set(tokens.map(({ image }) => image)), '\r\n', ' ', '\t', '{', '}', '0x', '1e3', 'x', '-'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );

  const garbage = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' '));
  const damaged = fc
    .tuple(fc.nat(ALL.length), fc.nat(60), fc.array(piece, { maxLength: 4 }))
    .map(([at, length, pieces]) => ALL.slice(0, at) + pieces.join(' ') + ALL.slice(at + length));

  it('is refused with messages of plain words and places inside the text, and never breaks the parser', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, damaged), (text) => {
        for (const parse of [() => parseSpec(text, 'f'), () => parseFault(text)]) {
          try {
            parse();
          } catch (error) {
            if (!(error instanceof SpecError)) throw error;
            const lines = text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
            expect(error.diagnostics).not.toEqual([]);
            for (const { line, column, message, excerpt } of error.diagnostics) {
              expect(message.replace(/".*"/s, '')).not.toMatch(jargon);
              expect(column).toBeLessThanOrEqual([...lines[line - 1]!].length + 1);
              expect(excerpt).toMatch(/\n[ \t]*\^$/);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gets a message for every line, however long it is', () => {
    expect(messages(() => parseSpec('foo bar @@ {{ \n'.repeat(10_000), 'f'))).toHaveLength(10_000);
  });
});
