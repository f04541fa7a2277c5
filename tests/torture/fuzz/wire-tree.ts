/**
 * An ONNX file as a tree of protobuf fields that may lie: lengths that do not fit, wire types that the schema does not
 * have, integers of ten bytes. The fuzzer changes the tree and writes it; nothing here checks anything.
 *
 * The schema only tells which length-delimited fields are messages; the reader and the writer share nothing with
 * protobufjs.
 */
import { messageType } from '../../../src-main/onnx/serde/onnx-schema'

/** Of the schema: its name and the fields by number. */
export type MessageType = ReturnType<typeof messageType>

export type WireType = 0 | 1 | 2 | 5

export interface WireField {
  number: number
  wireType: WireType
  /** The value of a varint; the bytes of anything else that is no message. */
  value: bigint | Uint8Array | WireMessage
  /** A length that is written instead of the true one. */
  claimedLength?: bigint
  /** Redundant bytes that make a varint longer than it need be. */
  paddingBytes?: number
}

export interface WireMessage {
  readonly type: MessageType
  fields: WireField[]
}

/** A field with the message that holds it. */
export interface PlacedField {
  readonly parent: WireMessage
  readonly field: WireField
}

/** The tree of a whole and consistent file. */
export function readWireTree(bytes: Uint8Array): WireMessage {
  return readMessage(bytes, messageType('ModelProto'))
}

function readMessage(bytes: Uint8Array, type: MessageType): WireMessage {
  const fields: WireField[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(position++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const take = (length: number): Uint8Array => {
    position += length
    return bytes.subarray(position - length, position)
  }
  while (position < bytes.byteLength) {
    const tag = Number(varint())
    const [number, wireType] = [tag >>> 3, (tag & 7) as WireType]
    if (wireType === 0) fields.push({ number, wireType, value: varint() })
    else if (wireType !== 2) fields.push({ number, wireType, value: take(wireType === 1 ? 8 : 4) })
    else {
      const content = take(Number(varint()))
      const inner = messageTypeOf(type, number)
      fields.push({
        number,
        wireType,
        value: inner === undefined ? content : readMessage(content, inner)
      })
    }
  }
  return { type, fields }
}

/** The message type that the schema gives a field, if it is one. */
export function messageTypeOf(type: MessageType, number: number): MessageType | undefined {
  const resolved = type.fieldsById[number]?.resolvedType
  return resolved !== null && resolved !== undefined && 'fieldsById' in resolved ? resolved : undefined
}

/** The number of a field of the schema, by protobufjs's name for it. */
export function fieldNumber(type: MessageType, name: string): number {
  return type.fields[name]?.id ?? 0
}

export function isMessage(value: WireField['value']): value is WireMessage {
  return typeof value === 'object' && 'fields' in value
}

/** A copy that may be changed freely; the bytes themselves are shared and must be replaced, not written into. */
export function cloneMessage({ type, fields }: WireMessage): WireMessage {
  const copies: WireField[] = []
  // No callbacks here and below: trees are nested thousands deep, and every frame of the stack counts.
  for (const field of fields) {
    const { value } = field
    copies.push({ ...field, value: isMessage(value) ? cloneMessage(value) : value })
  }
  return { type, fields: copies }
}

/** Every field below `root`, a field before those inside it. */
export function allFields(root: WireMessage): PlacedField[] {
  const found: PlacedField[] = []
  const descend = (parent: WireMessage): void => {
    for (const field of parent.fields) {
      found.push({ parent, field })
      if (isMessage(field.value)) descend(field.value)
    }
  }
  descend(root)
  return found
}

/** Every message of that type below `root`, and `root` itself. */
export function messagesOfType(root: WireMessage, typeName: string): WireMessage[] {
  const inner = allFields(root).flatMap(({ field }) => (isMessage(field.value) ? [field.value] : []))
  return [root, ...inner].filter(({ type }) => type.name === typeName)
}

/** The bytes that `root` takes, by the truth and not by the lengths that it claims. */
export function wireSize(root: WireMessage): number {
  return measure(root, new Map())
}

/**
 * Leaves out all but a part of the fields that stand in a row as one and the same object, which is how a repeated field is
 * held, at every depth.
 *
 * - `part`  in (0, 1]; at least one of each row stays.
 */
export function thinRepeated(root: WireMessage, part: number): void {
  const seen = new Set<WireMessage>()
  const descend = (message: WireMessage): void => {
    if (seen.has(message)) return
    seen.add(message)
    const kept: WireField[] = []
    for (let begin = 0; begin < message.fields.length;) {
      const field = message.fields[begin]!
      let end = begin + 1
      while (message.fields[end] === field) end++
      for (let left = Math.ceil((end - begin) * part); left > 0; left--) kept.push(field)
      if (isMessage(field.value)) descend(field.value)
      begin = end
    }
    message.fields = kept
  }
  descend(root)
}

/** The bytes of the tree, with all its lies. */
export function writeWireTree(root: WireMessage): Uint8Array {
  const sizes = new Map<WireMessage, number>()
  const bytes = new Uint8Array(measure(root, sizes))
  const end = writeMessage(root, { bytes, position: 0, sizes })
  return bytes.subarray(0, end)
}

function measure(message: WireMessage, sizes: Map<WireMessage, number>): number {
  let size = 0
  for (const field of message.fields) {
    const { value } = field
    size += varintSize(tagOf(field))
    if (typeof value === 'bigint') {
      size += varintSize(value) + (field.paddingBytes ?? 0)
      continue
    }
    const length = isMessage(value) ? measure(value, sizes) : value.byteLength
    if (field.wireType === 2) size += varintSize(field.claimedLength ?? BigInt(length))
    size += length
  }
  sizes.set(message, size)
  return size
}

interface Output {
  readonly bytes: Uint8Array
  position: number
  readonly sizes: ReadonlyMap<WireMessage, number>
}

function writeMessage(message: WireMessage, output: Output): number {
  for (const field of message.fields) {
    writeVarint(tagOf(field), output)
    const { value } = field
    if (typeof value === 'bigint') {
      writeVarint(value, output, field.paddingBytes)
      continue
    }
    const length = isMessage(value) ? (output.sizes.get(value) ?? 0) : value.byteLength
    if (field.wireType === 2) writeVarint(field.claimedLength ?? BigInt(length), output)
    if (isMessage(value)) writeMessage(value, output)
    else {
      output.bytes.set(value, output.position)
      output.position += length
    }
  }
  return output.position
}

function tagOf({ number, wireType }: WireField): bigint {
  return (BigInt(number) << 3n) | BigInt(wireType)
}

function varintSize(value: bigint): number {
  let size = 1
  for (let rest = BigInt.asUintN(64, value) >> 7n; rest > 0n; rest >>= 7n) size++
  return size
}

function writeVarint(value: bigint, output: Output, paddingBytes = 0): void {
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) output.bytes[output.position++] = Number(rest & 127n) | 128
  output.bytes[output.position++] = Number(rest) | (paddingBytes > 0 ? 128 : 0)
  for (let left = paddingBytes; left > 0; left--) output.bytes[output.position++] = left > 1 ? 128 : 0
}
