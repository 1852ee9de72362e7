import { describe, expect, it, test } from 'vitest';
import { SpecError } from '../../src/errors.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { GOOD } from './example.ts';

const NEEDED = 'array os8; model "m.onnx"; data "x.npy"; sample exhaustive';
const ARRAY = `array os8 { ${GOOD} }`;

function mistakes(text: string): string[] {
  try {
    parseSpec(text, 'f.array');
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.diagnostics.map((d) => `${d.line}:${d.column} ${d.message}`);
  }
}

/** What is wrong with a campaign that has a statement more than it needs, or another in the place of one, on line 2. */
function withStatement(statement: string): string[] {
  const others = NEEDED.split('; ').filter((needed) => !`${statement} `.includes(`${needed.split(' ')[0]} `));
  return mistakes(`campaign c {\n${statement}\n${others.join('\n')}\n}\n${ARRAY}`);
}

describe('a statement of a campaign is refused', () => {
  test.each<[string, string[]]>([
    ['array', ['2:6 expected an array of this file or "FILE:NAME" in double quotes, found the end of the line']],
    ['array 5', ['2:7 expected an array of this file or "FILE:NAME" in double quotes, found "5"']],
    ['array os9', ['2:7 unknown array "os9", did you mean "os8"?']],
    ['array "missing.array"', ['2:7 the spec file missing.array cannot be read: it does not exist']],
    ['array os8 hex', ['2:11 expected the end of the statement, found "hex"']],
    ['model', ['2:6 expected a path in double quotes such as "lenet.onnx", found the end of the line']],
    ['model lenet.onnx', ['2:7 expected a path in double quotes such as "lenet.onnx", found "lenet"']],
    [
      'model "lenet.onnx',
      ['2:7 expected a path in double quotes such as "lenet.onnx", found a double quote without its partner'],
    ],
    ['model ""', ['2:7 the model must be the path of a file, received an empty text']],
    ['data', ['2:5 expected a path in double quotes such as "images.gz", found the end of the line']],
    ['data images', ['2:6 expected a path in double quotes such as "images.gz", found "images"']],
    ['data "x.npy" "nchw"', ['2:14 expected the end of the statement, found "nchw"']],
    ['data "x.npy" preproces "nchw"', ['2:14 unknown word "preproces", did you mean "preprocess"?']],
    [
      'data "x.npy" preprocess',
      ['2:24 expected what to do to each item in double quotes such as "nchw, scale 1/255", found the end of the line'],
    ],
    [
      'data "x.npy" preprocess nchw',
      ['2:25 expected what to do to each item in double quotes such as "nchw, scale 1/255", found "nchw"'],
    ],
    [
      'data "x.npy" preprocess "nchw, scael 1/255, crop"',
      ['2:32 unknown word "scael", did you mean "scale"?', '2:45 "crop" needs WxH such as 224x224, received nothing'],
    ],
    ['data "x.npy" preprocess "nchw\\u002c scael 1/255"', ['2:25 unknown word "scael", did you mean "scale"?']],
    ['data inptu "x" "x.npy"', ['2:6 unknown word "inptu", did you mean "input"?']],
    ['data input', ['2:11 expected the name of an input of the model such as "x", found the end of the line']],
    ['data input "x"', ['2:15 expected a path in double quotes such as "images.gz", found the end of the line']],
    ['data input "" "x.npy"', ['2:12 an input of the model has a name, received an empty text']],
    ['data input "x" ""', ['2:16 the data must be the path of a file, received an empty text']],
    ['data input "x" "a.npy"; data input x "b.npy"', ['2:36 the data name input "x" twice, each may stand once']],
    [
      'data "a.npy"; data input "x" "b.npy"',
      ['2:1 several data statements each name their input, as in data input "x" "x.npy", found none'],
    ],
    [
      'data "a.npy"; data "b.npy"',
      [
        '2:1 several data statements each name their input, as in data input "x" "x.npy", found none',
        '2:15 several data statements each name their input, as in data input "x" "x.npy", found none',
      ],
    ],
    ['labels', ['2:7 expected a path in double quotes such as "labels.gz", found the end of the line']],
    ['images', ['2:7 expected all or a number of images such as 100, found the end of the line']],
    ['images 0', ['2:8 the number of images must be from 1 to 9007199254740991, received 0']],
    ['images al', ['2:8 unknown number of images "al", expected all']],
    ['images 2.5', ['2:8 expected all or a number of images such as 100, found "2.5"']],
    ['images 100 randm', ['2:12 unknown order of images "randm", did you mean "random"?']],
    ['images 100 random 5', ['2:19 expected the end of the statement, found "5"']],
    ['images "100"', ['2:8 expected all or a number of images such as 100, found "100"']],
    ['layers', ['2:7 expected a layer such as "conv1", found the end of the line']],
    ['layers conv1,', ['2:14 expected a layer such as "conv1", found the end of the line']],
    ['layers conv1 conv2', ['2:14 expected the end of the statement, found "conv2"']],
    ['layers conv1, "conv1"', ['2:15 the layers name "conv1" twice, each may stand once']],
    ['layers "", 5', ['2:12 expected a layer such as "conv1", found "5"']],
    ['layers ""', ['2:8 a layer has a name, received an empty text']],
    [
      'lowering',
      ['2:9 expected a lowering (im2col, single_channel, kernel_column or direct), found the end of the line'],
    ],
    ['lowering im2cl', ['2:10 unknown lowering "im2cl", did you mean "im2col"?']],
    ['lowering fast', ['2:10 unknown lowering "fast", expected im2col, single_channel, kernel_column or direct']],
    ['channels', ['2:9 expected all, each or channels such as 0, 3, found the end of the line']],
    ['channels ech', ['2:10 unknown choice of channels "ech", did you mean "each"?']],
    ['channels all, 3', ['2:13 expected the end of the statement, found ","']],
    ['channels 3, 0x3', ['2:13 the channels name 3 twice, each may stand once']],
    ['channels -1', ['2:10 an output channel must be from 0 to 9007199254740991, received -1']],
    ['channels 1 to 3', ['2:12 expected the end of the statement, found "to"']],
    ['kinds', ['2:6 expected a fault kind (stuck_at_0, stuck_at_1, flip or set), found the end of the line']],
    ['kinds stuck_at, flip', ['2:7 unknown fault kind "stuck_at", did you mean "stuck_at_0"?']],
    ['kinds flip, flip', ['2:13 the kinds name flip twice, each may stand once']],
    ['kinds set', ['2:7 the kind set needs "to" and a value, found none']],
    ['kinds flip to 3', ['2:12 only the kind set takes "to" and a value, received kind flip']],
    ['kinds set to -1', ['2:14 the value of the kind set has no sign and at most 128 bits, received -1']],
    [
      `kinds set to 0x1${'0'.repeat(32)}`,
      [`2:14 the value of the kind set has no sign and at most 128 bits, received 0x1${'0'.repeat(32)}`],
    ],
    ['kinds set to 15, set to 0xf', ['2:18 the kinds name set to 0xf twice, each may stand once']],
    ['kinds set to', ['2:13 expected a value such as 0x0f, found the end of the line']],
    ['kinds set 5', ['2:11 expected the end of the statement, found "5"']],
    ['nodes', ['2:6 expected a node (a, b, c, p, a_out, b_out, c_in, first, last or s), found the end of the line']],
    ['nodes aout', ['2:7 unknown node "aout", did you mean "a_out"?']],
    ['nodes a, b, a', ['2:13 the nodes name a twice, each may stand once']],
    ['nodes all', ['2:7 unknown node "all", expected a, b, c, p, a_out, b_out, c_in, first, last or s']],
    ['bits', ['2:5 expected bits such as 5, 0 to 7 or mask 0x3, found the end of the line']],
    ['bits 128', ['2:6 the bit index of a fault must be from 0 to 127, received 128']],
    ['bits 7 to 0', ['2:6 a range of bits goes from its lowest bit to its highest, received 7 to 0']],
    ['bits 0 to', ['2:10 expected the last bit of a range, found the end of the line']],
    ['bits 0 to 7, 5', ['2:14 the bits name bit 5 twice, each may stand once']],
    ['bits 3, mask 0x8', ['2:14 the bits name bit 3 twice, each may stand once']],
    ['bits mask 0x3, mask 3', ['2:21 the bits name mask 0x3 twice, each may stand once']],
    ['bits mask 0', ['2:11 the mask of a fault must have at least one bit set, received 0']],
    ['bits mask', ['2:10 expected a mask such as 0x3, found the end of the line']],
    ['bits msak 0x3', ['2:6 unknown choice of bits "msak", did you mean "mask"?']],
    ['bits al', ['2:6 unknown choice of bits "al", expected all or mask']],
    ['bits all, 3', ['2:6 "all" stands alone, received it beside other bits']],
    ['bits 1.5', ['2:6 expected bits such as 5, 0 to 7 or mask 0x3, found "1.5"']],
    ['bits 0 - 7', ['2:8 expected the end of the statement, found "-"']],
    ['pes', ['2:4 expected PEs such as (1, 1) or (0, 0) to (3, 3), found the end of the line']],
    ['pes 1, 1', ['2:5 expected PEs such as (1, 1) or (0, 0) to (3, 3), found "1"']],
    ['pes (1, 1) to', ['2:14 expected a PE such as (1, 1), found the end of the line']],
    [
      'pes (3, 3) to (0, 0)',
      ['2:5 a box of PEs goes from its lowest x and y to its highest, received (3, 3) to (0, 0)'],
    ],
    ['pes (0, 0) to (3, 3), (2, 1) to (5, 5)', ['2:23 the PEs name (2, 1) twice, each may stand once']],
    ['pes (1, 1), (1, 1)', ['2:13 the PEs name (1, 1) twice, each may stand once']],
    ['pes al', ['2:5 unknown choice of PEs "al", expected all']],
    ['pes all, (1, 1)', ['2:5 "all" stands alone, received it beside other PEs']],
    ['pes (99999999999, 1)', ['2:6 the x of a PE must be from -12582912 to 12582912, received 99999999999']],
    ['pes (1, 1', ['2:10 expected ")" after the y of the PE, found the end of the line']],
    ['window', ['2:7 expected permanent or transient, found the end of the line']],
    ['window permanant', ['2:8 unknown window "permanant", did you mean "permanent"?']],
    [
      'sample',
      [
        '2:7 expected a sample (exhaustive, a number of faults such as 1000, margin 5 % or until 2 %), found the end of the line',
      ],
    ],
    ['sample some', ['2:8 unknown sample "some", expected exhaustive, margin or until']],
    ['sample exhaustve', ['2:8 unknown sample "exhaustve", did you mean "exhaustive"?']],
    ['sample exhaustive 5 %', ['2:19 "exhaustive" takes every fault and no percentage, received 5 %']],
    ['sample exhaustive each', ['2:19 "each" goes with a number of faults or a margin, received it behind exhaustive']],
    ['sample 0', ['2:8 the number of faults of a sample must be from 1 to 9007199254740991, received 0']],
    ['sample 5 %', ['2:10 expected the end of the statement, found "%"']],
    ['sample margn 5 %', ['2:8 unknown sample "margn", did you mean "margin"?']],
    ['sample margin', ['2:14 expected a percentage such as 5 %, found the end of the line']],
    ['sample margin 5', ['2:16 expected "%" behind the number of a percentage, found the end of the line']],
    ['sample margin 0 %', ['2:15 the margin of a sample must be above 0 % and below 50 %, received 0 %']],
    ['sample margin 50 %', ['2:15 the margin of a sample must be above 0 % and below 50 %, received 50 %']],
    ['sample margin -5 %', ['2:15 the margin of a sample must be above 0 % and below 50 %, received -5 %']],
    ['sample margin 5 percent', ['2:17 expected "%" behind the number of a percentage, found "percent"']],
    ['sample margin 5 % p', ['2:20 expected a percentage such as 50 %, found the end of the line']],
    [
      'sample margin 5 % p 0 %',
      ['2:21 the share p that a sample expects must be above 0 % and below 100 %, received 0 %'],
    ],
    [
      'sample margin 5 % p 100 %',
      ['2:21 the share p that a sample expects must be above 0 % and below 100 %, received 100 %'],
    ],
    ['sample margin 5 % p 10 % p 20 %', ['2:26 the sample has "p" twice, each may stand once']],
    ['sample margin 5 % q', ['2:19 unknown option of a sample "q", expected p or each']],
    ['sample margin 5 % each', ['2:19 "each" draws in every stratum, which needs the statement strata, found none']],
    ['sample 1000 each', ['2:13 "each" draws in every stratum, which needs the statement strata, found none']],
    ['sample 1000 each each; strata pe', ['2:18 the sample has "each" twice, each may stand once']],
    ['sample 1000 p 50 %', ['2:13 "p" goes with a margin, received it behind a number of faults']],
    [
      'sample until 2 % each; strata pe',
      ['2:18 "each" goes with a number of faults or a margin, received it behind until'],
    ],
    ['sample until 50 %', ['2:14 the margin of a sample must be above 0 % and below 50 %, received 50 %']],
    [
      'strata',
      ['2:7 expected what to part the sample by (layer, node, bit, kind, pe or channel), found the end of the line'],
    ],
    ['strata layr', ['2:8 unknown stratum "layr", did you mean "layer"?']],
    ['strata pe, pe', ['2:12 the strata name pe twice, each may stand once']],
    ['strata pe node', ['2:11 expected the end of the statement, found "node"']],
    ['confidence', ['2:11 expected a percentage such as 95 %, found the end of the line']],
    ['confidence 95', ['2:14 expected "%" behind the number of a percentage, found the end of the line']],
    ['confidence 49.9 %', ['2:12 the confidence of intervals must be at least 50 % and below 100 %, received 49.9 %']],
    ['confidence 100 %', ['2:12 the confidence of intervals must be at least 50 % and below 100 %, received 100 %']],
    [
      'confidence 99.99999999999999999999 %',
      ['2:12 the confidence of intervals must be at least 50 % and below 100 %, received 99.99999999999999999999 %'],
    ],
    ['confidence 1.2.3 %', ['2:12 expected a percentage such as 95 %, found "1.2.3"']],
    ['outcomes', ['2:9 expected "confidence_change" and percentages such as 10 %, 20 %, found the end of the line']],
    ['outcomes 10 %', ['2:10 expected "confidence_change" and percentages such as 10 %, 20 %, found "10"']],
    ['outcomes confidence_chnge 10 %', ['2:10 unknown outcome "confidence_chnge", did you mean "confidence_change"?']],
    ['outcomes confidence_change', ['2:27 expected a percentage such as 10 %, found the end of the line']],
    [
      'outcomes confidence_change 0 %, 100.5 %',
      [
        '2:28 a change of confidence must be above 0 % and at most 100 %, received 0 %',
        '2:33 a change of confidence must be above 0 % and at most 100 %, received 100.5 %',
      ],
    ],
    ['outcomes confidence_change 10 %, 10.0 %', ['2:34 the outcomes name 10 % twice, each may stand once']],
    ['seed', ['2:5 expected a seed such as 1, found the end of the line']],
    ['seed -1', ['2:6 the seed of a campaign must be from 0 to 9007199254740991, received -1']],
    [
      'seed 9007199254740992',
      ['2:6 the seed of a campaign must be from 0 to 9007199254740991, received 9007199254740992'],
    ],
    ['nods a', ['2:1 unknown statement "nods", did you mean "nodes"?']],
    ['speed 3', ['2:1 unknown statement "speed", did you mean "seed"?']],
    [
      'types a: int8, b: int8',
      ['2:1 the statement "types" belongs inside the braces of an array, found in campaign "c"'],
    ],
    ['layers a; sample 1000 each; layer b', ['2:29 unknown statement "layer", did you mean "layers"?']],
    ['size 8 x 8 x 64', ['2:1 the statement "size" belongs inside the braces of an array, found in campaign "c"']],
    ['bit 3', ['2:1 unknown statement "bit", did you mean "bits"?']],
    [
      'fault x: flip bit 0 of a at (0, 0)',
      ['2:1 a fault stands outside the braces of a campaign, found in campaign "c"'],
    ],
    ['array os8; array os8', ['2:12 campaign "c" has the statement array twice, each may stand once']],
  ])('%s', (statement, messages) => {
    expect(withStatement(statement)).toEqual(messages);
  });

  it('with what it could be when it is none', () => {
    expect(withStatement('5')).toEqual([
      '2:1 expected a statement (array, model, data, labels, images, layers, lowering, channels, kinds, nodes, bits, pes, window, sample, strata, confidence, outcomes or seed), found "5"',
    ]);
  });
});

describe('a campaign is refused', () => {
  test.each<[string, string[]]>([
    ['campaign {', ['1:10 expected a campaign name of ASCII letters, digits and _, found "{"']],
    ['campaign c', ['1:11 expected "{" after the campaign name, found the end of the line']],
    [`campaign ${'n'.repeat(65)} { ${NEEDED} }`, ['1:10 a campaign name has at most 64 characters, received 65']],
    ['campaign c {}', ['1:10 campaign "c" lacks array, model, data and sample, which every campaign needs']],
    ['campaign c { array os8; model "m"; data "x" }', ['1:10 campaign "c" lacks sample, which every campaign needs']],
    [`campain c { ${NEEDED} }`, ['1:1 unknown word "campain", did you mean "campaign"?']],
    [
      `campaign c { ${NEEDED} }\ncampaign c { ${NEEDED} }`,
      ['2:10 the campaign name "c" is taken, each may stand once'],
    ],
    [`campaign c { ${NEEDED}`, ['2:1 expected "}" at the end of the campaign, found "array"']],
    [
      `campaign c {\n${NEEDED}\ncampaign d { ${NEEDED} }`,
      ['3:1 expected "}" at the end of the campaign, found "campaign"'],
    ],
    [`campaign c {\n${NEEDED}\narray hex\n{ ${GOOD} }`, ['3:1 expected "}" at the end of the campaign, found "array"']],
    [
      `campaign c {\n${NEEDED}\nfault b: flip bit 0 of a at (0, 0)`,
      ['3:1 expected "}" at the end of the campaign, found "fault"'],
    ],
    [`array hex { ${GOOD}\ncampaign c { ${NEEDED} }`, ['2:1 expected "}" at the end of the array, found "campaign"']],
    [
      `array hex { ${GOOD}\nmodel "m.onnx"\n}`,
      ['2:1 the statement "model" belongs inside the braces of a campaign, found in array "hex"'],
    ],
    [`campaign c { ${NEEDED} }}`, ['1:73 expected the end of the statement, found "}"']],
    [
      `${NEEDED.split('; ').slice(1).join('\n')}\narray os8\n}`,
      ['1:1 the statement "model" belongs inside the braces of a campaign, found outside'],
    ],
    [
      `${NEEDED.replaceAll('; ', '\n')}\n}`,
      ['1:1 the statement "array" belongs inside the braces of a campaign, found outside'],
    ],
  ])('%j', (text, messages) => {
    expect(mistakes(`${text}\n${ARRAY}`)).toEqual(messages);
  });

  it('with every mistake of every statement at once, each shown in its place', () => {
    const text = [
      'campaign c {',
      '\tarray os9; modle "m.onnx"',
      '  data "x.npy" preprocess "nchw, scale 0"',
      '  nodes q; bits 5, 5   # twice',
      '  sample margin 50 %',
      '  seed',
      '}',
      ARRAY,
    ];
    expect(catchMessage(() => parseSpec(text.join('\r\n'), 'dir/f.array')).split('\n')).toEqual([
      'dir/f.array:2:8: unknown array "os9", did you mean "os8"?',
      '\tarray os9; modle "m.onnx"',
      '\t      ^',
      'dir/f.array:2:13: unknown statement "modle", did you mean "model"?',
      '\tarray os9; modle "m.onnx"',
      '\t           ^',
      'dir/f.array:3:40: a number of "scale" must be from 1e-37 to 1e+37, received 0',
      '  data "x.npy" preprocess "nchw, scale 0"',
      '                                       ^',
      'dir/f.array:4:9: unknown node "q", expected a, b, c, p, a_out, b_out, c_in, first, last or s',
      '  nodes q; bits 5, 5   # twice',
      '        ^',
      'dir/f.array:4:20: the bits name bit 5 twice, each may stand once',
      '  nodes q; bits 5, 5   # twice',
      '                   ^',
      'dir/f.array:5:17: the margin of a sample must be above 0 % and below 50 %, received 50 %',
      '  sample margin 50 %',
      '                ^',
      'dir/f.array:6:7: expected a seed such as 1, found the end of the line',
      '  seed',
      '      ^',
    ]);
  });
});

function catchMessage(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
