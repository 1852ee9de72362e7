import { ModelError } from '../../errors.ts';
import { allocate, type ElementType, elementCount, type Tensor, type TensorData, tensor } from '../../tensor/tensor.ts';
import { elementTypeCode, elementTypeName, isElementType } from './element-types.ts';
import { make, type TensorProto } from './messages.ts';

/** Values of TensorProto.data_location. */
export const DATA_LOCATION = { inside: 0, external: 1 } as const;

/**
 * Convert a TensorProto to a tensor, from raw_data (little-endian) or from the typed fields.
 * @throws {ModelError} for an element type without a counterpart here, data in another file, or a number of elements
 *   that is not what the shape says.
 */
export function decodeTensor(proto: TensorProto): Tensor {
  const type = elementTypeName(proto.dataType);
  const what = `tensor '${proto.name}'`;
  if (!isElementType(type)) throw new ModelError(`${what} holds ${type} elements, which are not supported`);
  if (proto.dataLocation === DATA_LOCATION.external) {
    throw new ModelError(`${what} keeps its data in another file, which has not been loaded`);
  }
  const shape = proto.dims.map(Number);
  const length = elementCount(shape);
  if (proto.rawData.length > 0) {
    const data = allocate(type, length);
    if (proto.rawData.length !== data.byteLength) {
      throw new ModelError(
        `${what} of shape [${shape}] needs ${data.byteLength} bytes of ${type}, not ${proto.rawData.length}`,
      );
    }
    new Uint8Array(data.buffer).set(proto.rawData);
    return tensor(type, shape, data);
  }
  const data = fromTypedField(type, proto);
  if (data.length !== length) {
    throw new ModelError(`${what} of shape [${shape}] needs ${length} ${type} elements, not ${data.length}`);
  }
  return tensor(type, shape, data);
}

/** Convert a tensor to a TensorProto with raw_data. */
export function encodeTensor(value: Tensor, name = ''): TensorProto {
  const { buffer, byteOffset, byteLength } = value.data;
  return make('TensorProto', {
    name,
    dims: value.shape.map(BigInt),
    dataType: elementTypeCode(value.type),
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  });
}

function fromTypedField(type: ElementType, proto: TensorProto): TensorData {
  switch (type) {
    case 'float32':
      return Float32Array.from(proto.floatData);
    case 'float64':
      return Float64Array.from(proto.doubleData);
    case 'int64':
      return BigInt64Array.from(proto.int64Data);
    case 'uint64':
      return BigUint64Array.from(proto.uint64Data);
    case 'uint32':
      return Uint32Array.from(proto.uint64Data, Number);
    default: {
      const data = allocate(type, proto.int32Data.length) as Int32Array;
      data.set(proto.int32Data);
      return data;
    }
  }
}
