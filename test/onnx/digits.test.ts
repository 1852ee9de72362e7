import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/onnx/file/model.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { readNpy } from '../../src/tensor/npy.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

const DIGITS = fileURLToPath(new URL('../../examples/digits/', import.meta.url));

describe('the example models', () => {
  it.each(['digits-qlinear.onnx', 'digits-convinteger.onnx'])(
    '%s gives ONNX Runtime’s bits on 4 images',
    async (file) => {
      const model = await openModel(DIGITS + file);
      const { type, shape, data } = await readNpy(`${DIGITS}digits-images.npy`);
      const sides = [4, ...shape.slice(1)];
      const images = tensor(
        type,
        sides,
        data.slice(
          0,
          sides.reduce((a, b) => a * b),
        ),
      );
      const inputs = { [model.inputs[0]!.name]: images };
      const replaced = await replaceLayers(model, { backend: plainBackend('uint8', 'int8', 'int32') });
      const { outputs, layers } = await replaced.run(inputs);
      await replaced.close();
      expect(layers.length).toBeGreaterThan(1);
      expect(outputs).toEqual(await runWhole(model, inputs));
    },
  );
});
