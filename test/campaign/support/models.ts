import { fileURLToPath } from 'node:url';

/** Images for a model. */
export interface DataFile {
  readonly images: string;
  readonly preprocess: string | undefined;
}

/** The images that come with the project. */
export const DIGITS: DataFile = { images: 'examples/digits/digits-images.npy', preprocess: undefined };

/** Models and images that may be missing; tests that need them are skipped then. */
export const LENET = '../shared/conformance/models/lenet-mnist-';
export const MNIST: DataFile = {
  images: '../shared/conformance/mnist/mnist-1000-images-idx3-ubyte.gz',
  preprocess: 'nchw, scale 1/255',
};

/** The path of a file from that in the project. */
export function fileAt(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}
