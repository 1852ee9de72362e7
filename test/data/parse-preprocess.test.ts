import { describe, expect, test } from 'vitest';
import { parsePreprocess } from '../../src/data/parse-preprocess.ts';
import type { Preprocess } from '../../src/data/preprocess.ts';
import { SpecError } from '../../src/errors.ts';

const NOTHING: Preprocess = {
  from: null,
  channels: null,
  size: null,
  crop: null,
  scale: null,
  mean: null,
  std: null,
  layout: null,
  dtype: null,
};

const TEXTS: readonly (readonly [text: string, steps: Partial<Preprocess>])[] = [
  ['nchw', { layout: 'nchw' }],
  [
    'size 28x28, gray, nchw, scale 1/255, mean 0.1307, std 0.3081',
    {
      size: { width: 28, height: 28 },
      channels: 'gray',
      layout: 'nchw',
      scale: { divide: 255 },
      mean: [0.1307],
      std: [0.3081],
    },
  ],
  ['size 256,crop 224 x 224', { size: { shorter: 256 }, crop: { width: 224, height: 224 } }],
  ['\tbgr ,\n nhwc, from nchw', { channels: 'bgr', layout: 'nhwc', from: 'nchw' }],
  ['mean -1 .5 1e-3, std 1 2. 3E2', { mean: [-1, 0.5, 0.001], std: [1, 2, 300] }],
  ['scale 0.5, dtype bfloat16', { scale: { multiply: 0.5 }, dtype: 'bfloat16' }],
];

describe('a text is read:', () => {
  test.each(TEXTS)('%s', (text, steps) => {
    expect(parsePreprocess(text)).toEqual({ ...NOTHING, ...steps });
  });
});

/** A text with one mistake, the column of the mistake, and what is said about it. */
const MISTAKES: readonly (readonly [text: string, column: number, message: string])[] = [
  ['', 1, 'expected a clause such as "scale 1/255", found nothing'],
  ['gray,, nchw', 6, 'expected a clause such as "scale 1/255", found nothing'],
  ['gray,', 6, 'expected a clause such as "scale 1/255", found nothing'],
  ['gray, sise 28x28', 7, 'unknown word "sise", did you mean "size"?'],
  ['nchv', 1, 'unknown word "nchv", did you mean "nchw"?'],
  ['mean 0.5, 0.4, std 1', 11, 'expected a word, found the number 0.4; between numbers stands a blank, no comma'],
  ['gray, gray', 7, '"gray" must not stand beside "gray", each may stand once'],
  ['rgb, bgr', 6, '"bgr" must not stand beside "rgb", of which one can hold'],
  ['gray 1', 6, '"gray" takes no value, received "1"'],
  ['size', 1, '"size" needs WxH such as 28x28 or one number, received nothing'],
  ['size 28 28', 6, '"size" needs WxH such as 28x28 or one number, received "2828"'],
  ['crop 224', 6, '"crop" needs WxH such as 224x224, received "224"'],
  ['size 0x28', 6, 'a side of "size" must be from 1 to 65535, received 0'],
  ['size 65536', 6, 'a side of "size" must be from 1 to 65535, received 65536'],
  ['from nchv', 6, 'unknown layout "nchv", did you mean "nchw"?'],
  [
    'dtype',
    1,
    `"dtype" needs a dtype (int8, int16, int32, int64, uint8, uint16, float32, float64, bfloat16 or float16), received nothing`,
  ],
  ['dtype int7', 7, 'unknown dtype "int7", did you mean "int8"?'],
  ['scale 1/255 2', 13, '"scale" needs a number or 1/NUMBER, received 2 values'],
  ['scale 2/255', 7, '"scale" needs a number or 1/NUMBER, received "2/255"'],
  ['scale 1/0', 7, 'a number of "scale" must be from 1e-37 to 1e+37, received 0'],
  ['mean 0.5 0.4', 6, '"mean" needs one number, or one for each of 3 channels, received 2'],
  ['mean', 1, '"mean" needs one number, or one for each of 3 channels, received none'],
  ['mean 1e99', 6, 'a number of "mean" must be from -1e+37 to 1e+37, received 1e99'],
  ['mean [0.5]', 6, '"mean" needs numbers such as 0.5, received "[0.5]"'],
  ['std 0.2 0 0.2', 9, 'a number of "std" must be from 1e-37 to 1e+37, received 0'],
  ['gray, std 1 1 1', 7, 'gray has one channel, received 3 numbers of std'],
];

describe('a mistake is said with its place:', () => {
  test.each(MISTAKES)('%s', (text, column, message) => {
    const error = refusal(text);
    expect(error.diagnostics).toMatchObject([{ file: '--preprocess', line: 1, column, message }]);
  });
});

test('all mistakes are said at once, in the order of the text', () => {
  expect(refusal('grey, size 0x28, scale, mean 1 2').message).toBe(
    `--preprocess:1:1: unknown word "grey", did you mean "gray"?
grey, size 0x28, scale, mean 1 2
^
--preprocess:1:12: a side of "size" must be from 1 to 65535, received 0
grey, size 0x28, scale, mean 1 2
           ^
--preprocess:1:18: "scale" needs a number or 1/NUMBER, received nothing
grey, size 0x28, scale, mean 1 2
                 ^
--preprocess:1:30: "mean" needs one number, or one for each of 3 channels, received 2
grey, size 0x28, scale, mean 1 2
                             ^`,
  );
});

function refusal(text: string): SpecError {
  try {
    parsePreprocess(text, '--preprocess');
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error(`"${text}" was not refused`);
}
