/**
 * Weights in a file beside the model.
 *
 * A reference is { location, offset, length }. Files are read and written elsewhere, through `ExternalDataReader` and
 * a stream of bytes, so that a model larger than memory can be rewritten.
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md
 */
import { WorkbenchError } from '@contract/errors'
import { mapTensors, visitTensors, type TensorPlace } from '../ir/map-tensors'
import type { Model } from '../ir/model'
import type { Tensor, TensorData } from '../ir/tensor'

/** Reads files beside a model. */
export interface ExternalDataReader {
  /**
   * Exactly `lengthBytes` bytes of the file at `location` (relative to the model's folder), from `offsetBytes`.
   *
   * @throws WorkbenchError `not-found` or `io`.
   */
  read(location: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array>
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
  readonly chunks: AsyncIterable<Uint8Array>
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
 * The model with every external tensor in memory, also those of subgraphs, attributes and functions.
 *
 * A range that several tensors use is read once. The same model is returned when nothing is external.
 *
 * @throws WorkbenchError what `reader` throws, and `io` when a file is too short.
 */
export async function loadExternalData(model: Model, reader: ExternalDataReader): Promise<Model> {
  const references = new Map<string, ExternalReference>()
  visitTensors(model, ({ data }) => {
    if (data.kind === 'external') references.set(rangeKey(data), data)
  })
  const loaded = new Map<string, Uint8Array>()
  for (const [key, reference] of references) {
    loaded.set(key, await readRange(reader, reference, 0, reference.lengthBytes))
  }
  return mapTensors(model, (tensor) => {
    const bytes = tensor.data.kind === 'external' ? loaded.get(rangeKey(tensor.data)) : undefined
    return bytes === undefined ? tensor : { ...tensor, data: { kind: 'bytes', bytes } }
  })
}

/**
 * Moves weights into one data file: returns the model that points into it and a stream of the file's bytes.
 *
 * - Moved are in-memory initializers from `minimumSizeBytes` on, also of subgraphs, and whatever is already external.
 * - Tensors that share their bytes (one view, or one external range) are written once.
 * - Nothing is read before `chunks` is iterated; external sources are then read in pieces through `reader`. The new
 *   file must not replace a source before the stream has ended.
 *
 * @throws WorkbenchError `invalid-input` for an unsafe location or bad sizes, `internal` when external tensors come
 * without a `reader`; iterating throws as `loadExternalData`.
 */
export function externalizeModel(
  model: Model,
  options: ExternalizeOptions,
  reader?: ExternalDataReader
): ExternalizedModel {
  const { location, minimumSizeBytes = 1024, alignmentBytes = 4096 } = options
  assertSafeLocation(location)
  assertWhole('alignmentBytes', alignmentBytes, 1)
  assertWhole('minimumSizeBytes', minimumSizeBytes, 0)
  const layout = new DataFileLayout(alignmentBytes)
  const externalized = mapTensors(model, (tensor, place) => {
    const { data } = tensor
    if (data.kind === 'strings' || !isMoved(tensor, place, minimumSizeBytes)) return tensor
    const { offsetBytes, lengthBytes } = layout.place(data)
    return { ...tensor, data: { kind: 'external', location, offsetBytes, lengthBytes } }
  })
  const ranges = layout.ranges
  if (reader === undefined && ranges.some(({ source }) => source.kind === 'external')) {
    throw new WorkbenchError(
      'internal',
      'A model with external data was externalized without a reader for it.'
    )
  }
  return {
    model: externalized,
    sizeBytes: layout.sizeBytes,
    chunks: { [Symbol.asyncIterator]: () => streamRanges(ranges, reader) }
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

/** Values inside attributes stay with their node unless they were external before: runtimes expect them there. */
function isMoved({ data }: Tensor, place: TensorPlace, minimumSizeBytes: number): boolean {
  if (data.kind === 'external') return true
  return (
    place === 'initializer' && data.kind === 'bytes' && data.bytes.byteLength >= Math.max(1, minimumSizeBytes)
  )
}

type Source = Exclude<TensorData, { kind: 'strings' }>

interface Range {
  readonly source: Source
  readonly offsetBytes: number
  readonly lengthBytes: number
}

/** Gives each distinct source a place in the data file. */
class DataFileLayout {
  readonly ranges: Range[] = []
  sizeBytes = 0
  readonly #alignmentBytes: number
  readonly #byExternalRange = new Map<string, Range>()
  readonly #byBuffer = new Map<ArrayBufferLike, Map<string, Range>>()

  constructor(alignmentBytes: number) {
    this.#alignmentBytes = alignmentBytes
  }

  place(source: Source): Range {
    const [known, key] = this.#knownRanges(source)
    const existing = known.get(key)
    if (existing !== undefined) return existing
    const offsetBytes = Math.ceil(this.sizeBytes / this.#alignmentBytes) * this.#alignmentBytes
    const lengthBytes = source.kind === 'bytes' ? source.bytes.byteLength : source.lengthBytes
    const range = { source, offsetBytes, lengthBytes }
    known.set(key, range)
    this.ranges.push(range)
    this.sizeBytes = offsetBytes + lengthBytes
    return range
  }

  #knownRanges(source: Source): [Map<string, Range>, string] {
    if (source.kind === 'external') return [this.#byExternalRange, rangeKey(source)]
    const { buffer, byteOffset, byteLength } = source.bytes
    const ranges = this.#byBuffer.get(buffer) ?? new Map<string, Range>()
    this.#byBuffer.set(buffer, ranges)
    return [ranges, `${byteOffset} ${byteLength}`]
  }
}

function rangeKey(reference: ExternalReference): string {
  return `${reference.offsetBytes} ${reference.lengthBytes} ${reference.location}`
}

async function* streamRanges(
  ranges: readonly Range[],
  reader: ExternalDataReader | undefined
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0
  for (const { source, offsetBytes, lengthBytes } of ranges) {
    yield* zeros(offsetBytes - position)
    for (let start = 0; start < lengthBytes; start += maximumPieceBytes) {
      const length = Math.min(maximumPieceBytes, lengthBytes - start)
      if (source.kind === 'bytes') yield source.bytes.subarray(start, start + length)
      else if (reader !== undefined) yield await readRange(reader, source, start, length)
    }
    position = offsetBytes + lengthBytes
  }
}

function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  for (let rest = count; rest > 0; rest -= maximumPieceBytes) {
    yield new Uint8Array(Math.min(rest, maximumPieceBytes))
  }
}

async function readRange(
  reader: ExternalDataReader,
  reference: ExternalReference,
  start: number,
  length: number
): Promise<Uint8Array> {
  const bytes = await reader.read(reference.location, reference.offsetBytes + start, length)
  if (bytes.byteLength !== length) {
    throw new WorkbenchError(
      'io',
      `'${reference.location}' gave ${bytes.byteLength} of ${length} bytes from ${reference.offsetBytes + start}; the file is cut short.`
    )
  }
  return bytes
}
