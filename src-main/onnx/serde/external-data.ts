/**
 * Weights in a file beside the model.
 *
 * A reference is { location, offset, length }. Files are read and written elsewhere, through `ExternalDataReader` and
 * a stream of bytes, one tensor at a time, so that a model larger than memory can be rewritten.
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md
 */
import { WorkbenchError } from '@contract/errors'
import { mapTensors, visitTensors } from '../ir/map-tensors'
import type { Model } from '../ir/model'
import { tensorBytes, type Tensor, type TensorData } from '../ir/tensor'

/** Reads files beside a model. */
export interface ExternalDataReader {
  /**
   * Exactly `lengthBytes` bytes of the file at `location` (relative to the model's folder), from `offsetBytes`. Blocks: what
   * works with values is computation, which blocks its engine anyway.
   *
   * @throws WorkbenchError `not-found` or `io`, also for no bytes at a place that the file does not reach.
   */
  read(location: string, offsetBytes: number, lengthBytes: number): Uint8Array
}

export interface LoadOptions {
  /** Initializers from this size on are deferred. Default: none is. */
  readonly deferFromBytes?: number
}

export interface ExternalizeOptions {
  /** Name of the data file, relative to the model's folder, such as `model.onnx.data`. */
  readonly location: string
  /** Smaller initializers stay in the model, where runtimes fold and reshape with them. Default 1024. */
  readonly minimumSizeBytes?: number
  /** Offsets are multiples of it, so that a runtime can map the file into memory. Default 4096, a page. */
  readonly alignmentBytes?: number
}

export interface ExternalizedModel {
  /** Points into the data file. */
  readonly model: Model
  /** Size of the data file. */
  readonly sizeBytes: number
  /** The bytes of the data file from front to back, in pieces of at most 8 MiB. May be iterated more than once. */
  readonly chunks: Iterable<Uint8Array>
}

/** A piece small enough to hold in memory many times over, large enough that calls cost nothing. */
const maximumPieceBytes = 8 * 2 ** 20

type ExternalReference = Extract<TensorData, { kind: 'external' }>

/** The files beside the model that hold values of it, by location, in the order of the file. */
export function externalLocations(model: Model): ReadonlySet<string> {
  const locations = new Set<string>()
  visitTensors(model, ({ data }) => {
    if (data.kind === 'external') locations.add(data.location)
  })
  return locations
}

/**
 * The model with the values of every external tensor at hand, also those of subgraphs, attributes and functions: in memory,
 * or, for initializers from `deferFromBytes` on, read anew whenever they are asked for.
 *
 * A range that several tensors use is read once, and one that is deferred is looked for at once, so that a file that is
 * missing or too short does not come to light in the middle of the work. The same model is returned when nothing is external.
 *
 * @throws WorkbenchError what `reader` throws, and `io` when a file is too short.
 */
export function loadExternalData(
  model: Model,
  reader: ExternalDataReader,
  { deferFromBytes = Infinity }: LoadOptions = {}
): Model {
  const loaded = new Map<string, TensorData>()
  return mapTensors(model, (tensor, place) => {
    const { data } = tensor
    if (data.kind !== 'external') return tensor
    const isDeferred = place === 'initializer' && data.lengthBytes >= deferFromBytes
    const key = `${isDeferred} ${rangeKey(data)}`
    const known = loaded.get(key) ?? (isDeferred ? deferredRange(reader, data) : loadedRange(reader, data))
    loaded.set(key, known)
    return { ...tensor, data: known }
  })
}

function loadedRange(reader: ExternalDataReader, reference: ExternalReference): TensorData {
  return { kind: 'bytes', bytes: readRange(reader, reference) }
}

function deferredRange(reader: ExternalDataReader, reference: ExternalReference): TensorData {
  const { location, offsetBytes, lengthBytes } = reference
  reader.read(location, offsetBytes + lengthBytes, 0)
  return { kind: 'deferred', lengthBytes, read: () => readRange(reader, reference) }
}

/**
 * Moves weights into one data file: returns the model that points into it and a stream of the file's bytes.
 *
 * - Moved are initializers from `minimumSizeBytes` on, also of subgraphs.
 * - Tensors that share their bytes (one view, or one deferred source) are written once.
 * - Deferred values are read one tensor after the other while `chunks` is iterated. The new file must not replace a file
 *   that they come from before that has ended.
 *
 * @throws WorkbenchError `invalid-input` for an unsafe location or bad sizes, `internal` for a model with external tensors
 * (`loadExternalData` first); iterating throws what reading deferred values throws.
 */
export function externalizeModel(model: Model, options: ExternalizeOptions): ExternalizedModel {
  const { location, minimumSizeBytes = 1024, alignmentBytes = 4096 } = options
  assertSafeLocation(location)
  assertWhole('alignmentBytes', alignmentBytes, 1)
  assertWhole('minimumSizeBytes', minimumSizeBytes, 0)
  const layout = new DataFileLayout(alignmentBytes)
  const externalized = mapTensors(model, (tensor, place) => {
    if (tensor.data.kind === 'external') {
      throw new WorkbenchError(
        'internal',
        `The external values of '${tensor.name}' were to be moved before they were loaded.`
      )
    }
    // Values inside attributes stay with their node: runtimes expect them there.
    if (place !== 'initializer' || byteLength(tensor) < Math.max(1, minimumSizeBytes)) return tensor
    const { offsetBytes, lengthBytes } = layout.place(tensor)
    return { ...tensor, data: { kind: 'external', location, offsetBytes, lengthBytes } }
  })
  return {
    model: externalized,
    sizeBytes: layout.sizeBytes,
    chunks: { [Symbol.iterator]: () => streamRanges(layout.ranges) }
  }
}

/**
 * Refuses locations that could leave the model's folder.
 *
 * @throws WorkbenchError `invalid-input` for one that is empty, absolute, or has `..`, a backslash, a drive or NUL.
 */
export function assertSafeLocation(location: string): void {
  const isUnsafe =
    location === '' ||
    location.startsWith('/') ||
    /^[a-zA-Z]:/.test(location) ||
    location.includes('\\') ||
    location.includes('\0') ||
    location.split('/').includes('..')
  if (isUnsafe) {
    throw new WorkbenchError(
      'invalid-input',
      `The location '${location}' of external data could leave the model's folder; use a name inside it.`
    )
  }
}

function assertWhole(name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new WorkbenchError('invalid-input', `${name} is ${value}, expected a whole number from ${minimum}.`)
  }
}

/** Bytes that would go into a data file: strings never do. */
function byteLength({ data }: Tensor): number {
  if (data.kind === 'bytes') return data.bytes.byteLength
  return data.kind === 'deferred' ? data.lengthBytes : 0
}

interface Range {
  /** One of the tensors that have these bytes. */
  readonly tensor: Tensor
  readonly offsetBytes: number
  readonly lengthBytes: number
}

/** Gives each distinct source a place in the data file. */
class DataFileLayout {
  readonly ranges: Range[] = []
  sizeBytes = 0
  readonly #alignmentBytes: number
  /** By what holds the bytes, a buffer or a deferred source, and the place in it. */
  readonly #known = new Map<object, Map<string, Range>>()

  constructor(alignmentBytes: number) {
    this.#alignmentBytes = alignmentBytes
  }

  place(tensor: Tensor): Range {
    const { data } = tensor
    const lengthBytes = byteLength(tensor)
    const [holder, start] = data.kind === 'bytes' ? [data.bytes.buffer, data.bytes.byteOffset] : [data, 0]
    const known = this.#known.get(holder) ?? new Map<string, Range>()
    this.#known.set(holder, known)
    const key = `${start} ${lengthBytes}`
    const existing = known.get(key)
    if (existing !== undefined) return existing
    const offsetBytes = Math.ceil(this.sizeBytes / this.#alignmentBytes) * this.#alignmentBytes
    const range = { tensor, offsetBytes, lengthBytes }
    known.set(key, range)
    this.ranges.push(range)
    this.sizeBytes = offsetBytes + lengthBytes
    return range
  }
}

function rangeKey(reference: ExternalReference): string {
  return `${reference.offsetBytes} ${reference.lengthBytes} ${reference.location}`
}

function* streamRanges(ranges: readonly Range[]): Generator<Uint8Array, void, undefined> {
  let position = 0
  for (const { tensor, offsetBytes, lengthBytes } of ranges) {
    yield* zeros(offsetBytes - position)
    const bytes = tensorBytes(tensor)
    for (let start = 0; start < lengthBytes; start += maximumPieceBytes) {
      yield bytes.subarray(start, start + maximumPieceBytes)
    }
    position = offsetBytes + lengthBytes
  }
}

function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  for (let rest = count; rest > 0; rest -= maximumPieceBytes) {
    yield new Uint8Array(Math.min(rest, maximumPieceBytes))
  }
}

function readRange(reader: ExternalDataReader, reference: ExternalReference): Uint8Array {
  const { location, offsetBytes, lengthBytes } = reference
  const bytes = reader.read(location, offsetBytes, lengthBytes)
  if (bytes.byteLength !== lengthBytes) {
    throw new WorkbenchError(
      'io',
      `'${location}' gave ${bytes.byteLength} of ${lengthBytes} bytes from ${offsetBytes}; the file is cut short.`
    )
  }
  return bytes
}
