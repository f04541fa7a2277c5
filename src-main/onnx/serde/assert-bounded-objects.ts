/** How much memory a file would become, counted on its bytes before any of it is decoded. */
import { WorkbenchError } from '@contract/errors'
import protobuf from 'protobufjs'
import { messageType } from './onnx-schema'

/**
 * What objects may take beside the file. Nodes with their names take some 10 times their bytes and weights nothing: the merged
 * decoder of whisper-tiny, 39.6 MB, takes 1.7 MB by this count.
 */
const budget = { fixedBytes: 32 * 2 ** 20, perFileByte: 20 }

/** An object of protobufjs with its map and its place in a list, and the IR's object made of it. */
const messageBytes = 192
/** Every message has an array for each repeated field, empty or not, and what the IR makes of it. */
const arrayBytes = 64
/** A 64-bit integer becomes an object of two halves, in a list that grows by copying. */
const integerBytes = 80
/** A view of the file. */
const viewBytes = 128

/** What a field of the schema becomes: a message of that layout, or objects of a size for each entry. */
type FieldLayout = MessageLayout | 'integer' | 'view' | undefined

interface MessageLayout {
  readonly sizeBytes: number
  /** By field number. */
  readonly fields: FieldLayout[]
}

const layouts = new Map<protobuf.Type, MessageLayout>()

function layoutOf(type: protobuf.Type): MessageLayout {
  const known = layouts.get(type)
  if (known !== undefined) return known
  const repeated = type.fieldsArray.filter((field) => field.repeated).length
  const layout: MessageLayout = { sizeBytes: messageBytes + arrayBytes * repeated, fields: [] }
  // Before its fields: messages contain themselves.
  layouts.set(type, layout)
  for (const field of type.fieldsArray) {
    const inner = field.resolvedType
    if (inner instanceof protobuf.Type) layout.fields[field.id] = layoutOf(inner)
    else if (field.type === 'int64' || field.type === 'uint64') layout.fields[field.id] = 'integer'
    else if (field.type === 'bytes') layout.fields[field.id] = 'view'
  }
  return layout
}

/**
 * Refuses a file of which two bytes here and two there would become gigabytes: empty messages by the million, shapes of a
 * million axes. One pass without any object, over structure only: the bytes of weights are stepped over.
 *
 * A file that is no protobuf passes; reading it fails at the same place, after as little.
 *
 * @throws WorkbenchError `unsupported-model` when the objects would take more than 32 MB and 20 times the file's size.
 */
export function assertBoundedObjects(bytes: Uint8Array): void {
  const limitBytes = budget.fixedBytes + budget.perFileByte * bytes.byteLength
  const counter = new ObjectCounter(bytes, limitBytes)
  counter.count(layoutOf(messageType('ModelProto')), bytes.byteLength, 0)
  if (counter.objectBytes <= limitBytes) return
  throw new WorkbenchError(
    'unsupported-model',
    `The file of ${bytes.byteLength} bytes would take more than ${limitBytes} bytes of memory for its fields, most of ` +
      'which are empty or single integers; export the model with integers stored as raw data.'
  )
}

class ObjectCounter {
  objectBytes = 0
  readonly #bytes: Uint8Array
  readonly #limitBytes: number
  #position = 0

  constructor(bytes: Uint8Array, limitBytes: number) {
    this.#bytes = bytes
    this.#limitBytes = limitBytes
  }

  /** Counts the fields up to `end`; stops where they are no fields, or once there are too many. */
  count(layout: MessageLayout, end: number, depth: number): void {
    this.objectBytes += layout.sizeBytes
    // What is nested deeper is refused when it is read.
    if (depth > protobuf.util.recursionLimit) this.#position = end
    while (this.#position < end && this.objectBytes <= this.#limitBytes) {
      const tag = this.#varint()
      const field = layout.fields[tag >>> 3]
      switch (tag & 7) {
        case 0:
          this.#varint()
          if (field === 'integer') this.objectBytes += integerBytes
          break
        case 1:
          this.#position += 8
          break
        case 2: {
          const inside = this.#varint()
          const next = Math.min(end, this.#position + inside)
          if (typeof field === 'object') this.count(field, next, depth + 1)
          else if (field === 'integer') this.#countPacked(next)
          else if (field === 'view') this.objectBytes += viewBytes
          this.#position = next
          break
        }
        case 5:
          this.#position += 4
          break
        // Groups, which ONNX has none of, are read as the fields inside them.
        default:
      }
    }
  }

  /** Every integer ends with a byte below 128. */
  #countPacked(end: number): void {
    for (let at = this.#position; at < end; at++) {
      if (this.#bytes[at]! < 128) this.objectBytes += integerBytes
    }
  }

  /** The lower 32 bits, as many as tags and lengths have. */
  #varint(): number {
    let value = 0
    for (let shift = 0; this.#position < this.#bytes.byteLength; shift += 7) {
      const byte = this.#bytes[this.#position++]!
      if (shift < 32) value |= (byte & 127) << shift
      if (byte < 128) break
    }
    return value >>> 0
  }
}
