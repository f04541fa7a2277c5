/** Types and named values of the IR to TypeProto and ValueInfoProto. */
import { assertNever } from '../../base/assert-never'
import { dataTypeNumber } from '../ir/data-type'
import type { TensorShapeType, ValueInfo, ValueType } from '../ir/model'
import { encodeAnnotations } from './annotations'
import { wireInt64 } from './int64'
import type { Outgoing, WireShape, WireType, WireValueInfo } from './wire-messages'

export function encodeValueInfo(value: ValueInfo): Outgoing<WireValueInfo> {
  return { name: value.name, type: encodeOptionalType(value.type), ...encodeAnnotations(value) }
}

export function encodeType(type: ValueType): Outgoing<WireType> {
  return { ...encodeUndenoted(type), denotation: type.denotation }
}

function encodeOptionalType(type: ValueType | undefined): Outgoing<WireType> | undefined {
  return type === undefined ? undefined : encodeType(type)
}

function encodeUndenoted(type: ValueType): Outgoing<WireType> {
  switch (type.kind) {
    case 'tensor':
      return { tensorType: encodeTensorType(type) }
    case 'sparse-tensor':
      return { sparseTensorType: encodeTensorType(type) }
    case 'sequence':
      return { sequenceType: { elemType: encodeOptionalType(type.element) } }
    case 'optional':
      return { optionalType: { elemType: encodeOptionalType(type.element) } }
    case 'map':
      return { mapType: { keyType: dataTypeNumber(type.key), valueType: encodeOptionalType(type.value) } }
    case 'opaque':
      return { opaqueType: { domain: type.domain, name: type.name } }
    default:
      return assertNever(type)
  }
}

function encodeTensorType(type: TensorShapeType): {
  readonly elemType: number
  readonly shape: Outgoing<WireShape> | undefined
} {
  const dim = type.dims?.map((size, axis) => ({
    dimValue: typeof size === 'number' ? wireInt64(size) : undefined,
    dimParam: typeof size === 'string' ? size : undefined,
    denotation: type.dimDenotations?.[axis]
  }))
  return { elemType: dataTypeNumber(type.dataType), shape: dim === undefined ? undefined : { dim } }
}
