/** `Tensor` to TensorProto. Values are always written raw, whichever field they were read from. */
import { dataTypeNumber } from '../ir/data-type'
import type { SparseTensor } from '../ir/model'
import { tensorBytes, type Tensor } from '../ir/tensor'
import { encodeAnnotations } from './annotations'
import { wireInt64 } from './int64'
import type { Outgoing, WireSparseTensor, WireTensor } from './wire-messages'

export function encodeTensor(tensor: Tensor): Outgoing<WireTensor> {
  const { kind } = tensor.data
  return kind === 'bytes' || kind === 'deferred'
    ? { ...encodeTensorWithoutBytes(tensor), rawData: tensorBytes(tensor) }
    : encodeTensorWithoutBytes(tensor)
}

/** Everything but the bytes of the file itself, which `encodeModel` puts beside the rest without copying them twice. */
export function encodeTensorWithoutBytes(tensor: Tensor): Outgoing<WireTensor> {
  const { data } = tensor
  return {
    name: tensor.name,
    dataType: dataTypeNumber(tensor.dataType),
    dims: tensor.dims.map(wireInt64),
    ...(data.kind === 'strings' ? { stringData: data.values } : {}),
    ...(data.kind === 'external'
      ? {
          dataLocation: 1,
          externalData: [
            { key: 'location', value: data.location },
            { key: 'offset', value: String(data.offsetBytes) },
            { key: 'length', value: String(data.lengthBytes) },
            ...(data.checksum === undefined ? [] : [{ key: 'checksum', value: data.checksum }])
          ]
        }
      : {}),
    ...encodeAnnotations(tensor)
  }
}

export function encodeSparseTensor(tensor: SparseTensor): Outgoing<WireSparseTensor> {
  return {
    values: encodeTensor(tensor.values),
    indices: encodeTensor(tensor.indices),
    dims: tensor.dims.map(wireInt64)
  }
}
