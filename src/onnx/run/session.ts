import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ModelError } from '../../errors.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import { isElementType } from '../file/element-types.ts';
import { encode, type ModelProto } from '../file/messages.ts';

/** A tensor as ONNX Runtime holds it; its element type may be one that has no counterpart here. */
export type RuntimeTensor = OrtTensor;

/** What is known of a value before it is computed. */
export interface ValueType {
  /** Element type as ONNX Runtime spells it. */
  readonly type: string;
  readonly rank: number | null;
}

/** A model loaded into ONNX Runtime. */
export interface Session {
  readonly outputTypes: ReadonlyMap<string, ValueType>;
  run(feeds: ReadonlyMap<string, RuntimeTensor>): Promise<ReadonlyMap<string, RuntimeTensor>>;
  close(): Promise<void>;
}

/** Of the runtime's own messages only fatal ones go to stderr; errors are thrown anyway. */
const FATAL_ONLY = 4;

/**
 * Load a model into ONNX Runtime.
 * @param threads how many threads a node may use; as many as the machine has cores when left out
 * @throws {ModelError} with the runtime's reason when it refuses the model.
 */
export async function openSession(proto: ModelProto, path: string, threads?: number): Promise<Session> {
  const options = {
    logSeverityLevel: FATAL_ONLY,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  } as const;
  const session = await attempt(`ONNX Runtime refuses ${path}`, () =>
    InferenceSession.create(encode('ModelProto', proto), options),
  );
  const outputTypes = new Map<string, ValueType>();
  for (const value of session.outputMetadata) {
    // The runtime reports an unknown rank as no axes, just like a scalar.
    if (value.isTensor) outputTypes.set(value.name, { type: value.type, rank: value.shape.length || null });
  }
  return {
    outputTypes,
    async run(feeds) {
      const wanted = Object.fromEntries(session.inputNames.map((name) => [name, feeds.get(name)!]));
      const results = await attempt(`ONNX Runtime cannot run ${path}`, () =>
        session.run(wanted, { logSeverityLevel: FATAL_ONLY }),
      );
      return new Map(Object.entries(results) as [string, RuntimeTensor][]);
    },
    close: () => session.release(),
  };
}

/**
 * Hand a tensor to ONNX Runtime; the elements are shared.
 * @throws {ModelError} for bfloat16, which the runtime takes from models alone.
 */
export function toRuntime(value: Tensor): RuntimeTensor {
  if (value.type === 'bfloat16') throw new ModelError('ONNX Runtime takes no bfloat16 tensors from outside a model');
  return new OrtTensor(value.type, value.data as Uint8Array, value.shape) as RuntimeTensor;
}

/**
 * Take a tensor from ONNX Runtime; the elements are shared.
 * @throws {ModelError} for an element type that has no counterpart here.
 */
export function fromRuntime(value: RuntimeTensor, name: string): Tensor {
  if (!isElementType(value.type)) {
    throw new ModelError(`value '${name}' holds ${value.type} elements, which are not supported`);
  }
  const { buffer, byteOffset, length } = value.data as Uint16Array;
  const data = value.type === 'float16' ? new Uint16Array(buffer, byteOffset, length) : (value.data as Uint8Array);
  return tensor(value.type, value.dims, data);
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new ModelError(`${what}: ${reasonOf((cause as Error).message)}`, { cause });
  }
}

/** Take the first line of what the runtime says; of a newer operator set it says it in many words. */
function reasonOf(message: string): string {
  const [, given, newest] = /Opset (\d+) is under development.* till opset (\d+)/s.exec(message) ?? [];
  if (given !== undefined) return `its operator set ${given} is newer than ${newest}, the newest that is supported`;
  return message.split('\n')[0]!;
}
