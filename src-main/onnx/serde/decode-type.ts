/** TypeProto and ValueInfoProto to the IR. */
import type { Dimension, TensorShapeType, ValueInfo, ValueType } from '../ir/model'
import { decodeAnnotations } from './annotations'
import { dataTypeOf } from './decode-tensor'
import { safeNumberOf } from './int64'
import type { WireShape, WireType, WireValueInfo } from './wire-messages'

/** @throws WorkbenchError as `decodeType`. */
export function decodeValueInfo(wire: WireValueInfo): ValueInfo {
  return {
    name: wire.name,
    type: decodeType(wire.type, `Value '${wire.name}'`),
    ...decodeAnnotations(wire)
  }
}

/**
 * The type that a message describes; undefined when it says nothing. `what` names the value in messages.
 *
 * @throws WorkbenchError `unsupported-model` for an unknown element type.
 */
export function decodeType(wire: WireType | null, what: string): ValueType | undefined {
  if (wire === null) return undefined
  const type = decodeUndenoted(wire, what)
  return type === undefined || wire.denotation === '' ? type : { ...type, denotation: wire.denotation }
}

function decodeUndenoted(wire: WireType, what: string): ValueType | undefined {
  if (wire.tensorType !== null) return { kind: 'tensor', ...decodeTensorType(wire.tensorType, what) }
  if (wire.sparseTensorType !== null) {
    return { kind: 'sparse-tensor', ...decodeTensorType(wire.sparseTensorType, what) }
  }
  if (wire.sequenceType !== null) {
    return { kind: 'sequence', element: decodeType(wire.sequenceType.elemType, what) }
  }
  if (wire.optionalType !== null) {
    return { kind: 'optional', element: decodeType(wire.optionalType.elemType, what) }
  }
  if (wire.mapType !== null) {
    return {
      kind: 'map',
      key: dataTypeOf(wire.mapType.keyType, what),
      value: decodeType(wire.mapType.valueType, what)
    }
  }
  if (wire.opaqueType !== null) {
    return { kind: 'opaque', domain: wire.opaqueType.domain, name: wire.opaqueType.name }
  }
  return undefined
}

function decodeTensorType(
  wire: { readonly elemType: number; readonly shape: WireShape | null },
  what: string
): TensorShapeType {
  const dims = wire.shape?.dim
  return {
    dataType: dataTypeOf(wire.elemType, what),
    dims: dims?.map((dim) => decodeDimension(dim, what)),
    ...(dims?.some((dim) => dim.denotation !== '')
      ? { dimDenotations: dims.map((dim) => dim.denotation) }
      : {})
  }
}

/** Exporters also write -1 and the empty name for a size that is not known. */
function decodeDimension(wire: WireShape['dim'][number], what: string): Dimension {
  if (wire.value === 'dimValue') {
    const size = safeNumberOf(wire.dimValue, `A dimension of ${what}`)
    return size < 0 ? undefined : size
  }
  return wire.dimParam === '' ? undefined : wire.dimParam
}
