import { fileURLToPath } from 'node:url';

/** Where the finished files go. */
export const OUTPUT_DIRECTORY = fileURLToPath(new URL('../../examples/digits/', import.meta.url));

export const MODELS = {
  float32: `${OUTPUT_DIRECTORY}digits-float32.onnx`,
  qlinear: `${OUTPUT_DIRECTORY}digits-qlinear.onnx`,
  convinteger: `${OUTPUT_DIRECTORY}digits-convinteger.onnx`,
} as const;

export const IMAGES = {
  images: `${OUTPUT_DIRECTORY}digits-images.npy`,
  labels: `${OUTPUT_DIRECTORY}digits-labels.npy`,
  sheet: `${OUTPUT_DIRECTORY}digits.png`,
} as const;
