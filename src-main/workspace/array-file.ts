/**
 * A file of named number arrays behind a JSON header: spectra, factors and moments in the cache.
 *
 *     8 bytes   'LATHEAR1'
 *     4 bytes   length of the description, unsigned
 *     4 bytes   zero
 *     ...       the description: JSON { header, arrays: [{ name, type, length }] } in UTF-8
 *     ...       each array, in that order
 *
 * Little-endian, as the memory of every platform that ONNX Runtime supports. Description and arrays are padded with
 * zeros to multiples of 8 bytes, so that a reader can look at the numbers in place. NaN and infinities are kept.
 */
import { WorkbenchError } from '@contract/errors'
import { canonicalJson, type Json } from '../base/canonical-json'

export type NamedArrays = Readonly<Record<string, Float64Array | Float32Array>>

export interface ArrayFile {
  readonly header: Json
  readonly arrays: NamedArrays
}

interface ArrayDescription {
  readonly name: string
  readonly type: 'float32' | 'float64'
  /** Elements, not bytes. */
  readonly length: number
}

const signature = 'LATHEAR1'
const prefixBytes = 16

/** The bytes of an array file. Equal data gives equal bytes when the names come in the same order. */
export function encodeArrays(header: Json, arrays: NamedArrays): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(arrays)
  const descriptions = entries.map(([name, values]) => ({
    name,
    type: values instanceof Float64Array ? 'float64' : 'float32',
    length: values.length
  }))
  const description = new TextEncoder().encode(canonicalJson({ header, arrays: descriptions }))
  const start = prefixBytes + padded(description.byteLength)
  const bytes = new Uint8Array(
    entries.reduce((total, [, values]) => total + padded(values.byteLength), start)
  )
  bytes.set(new TextEncoder().encode(signature))
  new DataView(bytes.buffer).setUint32(signature.length, description.byteLength, true)
  bytes.set(description, prefixBytes)
  let offset = start
  for (const [, values] of entries) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset)
    offset += padded(values.byteLength)
  }
  return bytes
}

/**
 * What `encodeArrays` was given. The arrays are views of `bytes` where these are aligned to 8, else copies: do not
 * modify them.
 *
 * @throws WorkbenchError `io` when the bytes are not an array file, are cut short, or have something behind the end.
 */
export function decodeArrays(bytes: Uint8Array): ArrayFile {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes)
  const { header, descriptions, start } = decodeDescription(aligned)
  const expectedBytes = descriptions.reduce((end, each) => end + padded(sizeBytes(each)), start)
  if (aligned.byteLength !== expectedBytes) {
    throw damaged(`expected ${expectedBytes} bytes, got ${aligned.byteLength}`)
  }
  let offset = start
  const arrays = descriptions.map((each) => {
    const start = aligned.byteOffset + offset
    offset += padded(sizeBytes(each))
    const values =
      each.type === 'float64'
        ? new Float64Array(aligned.buffer, start, each.length)
        : new Float32Array(aligned.buffer, start, each.length)
    return [each.name, values] as const
  })
  return { header, arrays: Object.fromEntries(arrays) }
}

function decodeDescription(bytes: Uint8Array) {
  const found = new TextDecoder().decode(bytes.subarray(0, signature.length))
  if (found !== signature || bytes.byteLength < prefixBytes) throw damaged('its beginning is not that of one')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(signature.length, true)
  const start = prefixBytes + padded(length)
  if (start > bytes.byteLength) {
    throw damaged(`expected at least ${start} bytes, got ${bytes.byteLength}`)
  }
  const { header, arrays } = parseDescription(bytes.subarray(prefixBytes, prefixBytes + length))
  if (header === undefined || !Array.isArray(arrays) || !arrays.every(isArrayDescription)) {
    throw damaged('its description lacks the header or the arrays')
  }
  return { header, descriptions: arrays, start }
}

function parseDescription(bytes: Uint8Array): { readonly header?: Json; readonly arrays?: unknown } {
  try {
    // A description that is no object has neither member, and is refused for that.
    return Object(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))) as object
  } catch (thrown) {
    throw damaged('its description is not JSON', thrown)
  }
}

function isArrayDescription(value: unknown): value is ArrayDescription {
  const { name, type, length } = Object(value) as Partial<Record<keyof ArrayDescription, unknown>>
  return (
    typeof name === 'string' &&
    (type === 'float32' || type === 'float64') &&
    typeof length === 'number' &&
    Number.isSafeInteger(length) &&
    length >= 0
  )
}

function sizeBytes({ type, length }: ArrayDescription): number {
  return length * (type === 'float64' ? 8 : 4)
}

function padded(byteLength: number): number {
  return Math.ceil(byteLength / 8) * 8
}

function damaged(reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('io', `The array file is damaged: ${reason}; remove it and compute it again.`, {
    cause
  })
}
