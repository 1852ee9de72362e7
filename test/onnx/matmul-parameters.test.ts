import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.ts';
import { perColumn, perRow } from '../../src/onnx/operators/matmul-parameters.ts';
import { elementCount } from '../../src/tensor/tensor.ts';
import { values } from './support/build-model.ts';

/** A parameter that counts from 1. */
function counting(shape: readonly number[]) {
  return values(
    'float32',
    shape,
    Array.from({ length: elementCount(shape) }, (_, n) => n + 1),
  );
}

describe('perRow spreads over the rows of a left factor', () => {
  it.each([
    ['one number', [], [2, 2, 3], [1, 1, 1, 1]],
    ['one number of any rank', [1, 1, 1], [2, 3], [1, 1]],
    ['one per row of a matrix', [2], [2, 3], [1, 2]],
    ['one per row of every matrix', [2], [2, 2, 3], [1, 2, 1, 2]],
    ['one per row of each matrix', [2, 2, 1], [2, 2, 3], [1, 2, 3, 4]],
    ['one per row, as many axes', [1, 2, 1], [2, 2, 3], [1, 2, 1, 2]],
    ['one per row, fewer axes', [2, 1], [2, 2, 3], [1, 2, 1, 2]],
    ['one per matrix', [2, 1, 1], [2, 2, 3], [1, 1, 2, 2]],
    ['a vector', [1], [3], [1]],
  ] as const)('%s', (_, own, shape, expected) => {
    expect([...perRow(counting(own), 'z', shape)]).toEqual(expected);
  });

  it.each([
    [[3], [2, 3], 'z must be one number, 2 of them or of shape [2,1], not of shape [3]'],
    [[1, 3], [2, 3], 'z must be one number, 2 of them or of shape [2,1], not of shape [1,3]'],
    [[2], [3], 'z must be one number, 1 of them or of shape [1,1], not of shape [2]'],
    [[2, 2, 1], [2, 3], 'z must be one number, 2 of them or of shape [2,1], not of shape [2,2,1]'],
  ] as const)('but not [%s] over [%s]', (own, shape, message) => {
    expect(() => perRow(counting(own), 'z', shape)).toThrow(new ModelError(message));
  });
});

describe('perColumn spreads over the columns of a right factor', () => {
  it.each([
    ['one number', [1], [2, 3, 2], [1, 1, 1, 1]],
    ['one per column of a matrix', [2], [3, 2], [1, 2]],
    ['one per column of every matrix', [2], [2, 3, 2], [1, 2, 1, 2]],
    ['one per column of each matrix', [2, 1, 2], [2, 3, 2], [1, 2, 3, 4]],
    ['one per column, as many axes', [1, 1, 2], [2, 3, 2], [1, 2, 1, 2]],
    ['one per matrix', [2, 1, 1], [2, 3, 2], [1, 1, 2, 2]],
    ['a vector', [1], [3], [1]],
  ] as const)('%s', (_, own, shape, expected) => {
    expect([...perColumn(counting(own), 'z', shape)]).toEqual(expected);
  });

  it.each([
    [[3], [3, 2], 'z must be one number, 2 of them or of shape [1,2], not of shape [3]'],
    [[3, 1], [3, 2], 'z must be one number, 2 of them or of shape [1,2], not of shape [3,1]'],
  ] as const)('but not [%s] over [%s]', (own, shape, message) => {
    expect(() => perColumn(counting(own), 'z', shape)).toThrow(new ModelError(message));
  });
});
