/**
 * The part of TensorFlow.js that the training uses. Declared here because the library is installed in this folder only,
 * while the sources are type-checked with the whole project.
 */
declare module '@tensorflow/tfjs' {
  export interface Tensor {
    readonly shape: number[];
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export interface Variable extends Tensor {
    readonly name: string;
  }
  export interface Optimizer {
    minimize(loss: () => Tensor, returnCost: true, variables: Variable[]): Tensor;
    learningRate: number;
  }
  export type Gradient = { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor[] };
  export const train: { adam(learningRate: number): Optimizer };
  export function setBackend(name: string): Promise<boolean>;
  export function tidy<T>(body: () => T): T;
  export function variable(initial: Tensor, trainable: boolean, name: string): Variable;
  export function tensor(values: ArrayLike<number>, shape: readonly number[], dtype?: 'int32'): Tensor;
  export function customGrad(
    f: (x: Tensor, filter: Tensor, save: (tensors: Tensor[]) => void) => Gradient,
  ): (x: Tensor, filter: Tensor) => Tensor;
  export function conv2d(x: Tensor, filter: Tensor, strides: number, pad: number | 'valid'): Tensor;
  export function conv2dTranspose(x: Tensor, filter: Tensor, shape: number[], strides: number, pad: number): Tensor;
  export function maxPool(x: Tensor, size: number, strides: number, pad: 'valid'): Tensor;
  export function transpose(x: Tensor, order: number[]): Tensor;
  export function reshape(x: Tensor, shape: number[]): Tensor;
  export function pad(x: Tensor, paddings: [number, number][]): Tensor;
  export function matMul(a: Tensor, b: Tensor): Tensor;
  export function relu(x: Tensor): Tensor;
  export function add(a: Tensor, b: Tensor): Tensor;
  export function neg(x: Tensor): Tensor;
  export function mul(a: Tensor, b: Tensor): Tensor;
  export function mean(x: Tensor): Tensor;
  export function sum(x: Tensor, axis?: number): Tensor;
  export function logSoftmax(x: Tensor): Tensor;
  export function oneHot(x: Tensor, depth: number): Tensor;
}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setThreadsCount(count: number): void;
}
