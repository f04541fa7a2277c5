import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import { createPrng } from '../../base/prng'
import { GraphBuilder } from '../build/graph-builder'
import { assertInvariants } from '../invariants'
import { mapTensors } from '../ir/map-tensors'
import type { Attribute, Model } from '../ir/model'
import { tensorBytes, type Tensor } from '../ir/tensor'
import { decodeModel } from './decode-model'
import { encodeModel } from './encode-model'
import {
  assertSafeLocation,
  externalizeModel,
  loadExternalData,
  type ExternalDataReader
} from './external-data'

/** Files in memory; `reads` lists what was asked for. */
class MemoryFiles implements ExternalDataReader {
  readonly reads: [string, number, number][] = []
  readonly #files: Map<string, Uint8Array>

  constructor(files: Record<string, Uint8Array>) {
    this.#files = new Map(Object.entries(files))
  }

  read(location: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    this.reads.push([location, offsetBytes, lengthBytes])
    return this.#files.get(location)?.subarray(offsetBytes, offsetBytes + lengthBytes) ?? new Uint8Array(0)
  }
}

function contentOf(chunks: Iterable<Uint8Array>): { bytes: Uint8Array; largest: number } {
  const parts = [...chunks]
  return { bytes: Buffer.concat(parts), largest: Math.max(0, ...parts.map((part) => part.byteLength)) }
}

function randomBytes(seed: number, length: number): Uint8Array {
  const prng = createPrng(seed)
  return new Uint8Array(length).map(() => prng.integer(256))
}

function byteTensor(name: string, bytes: Uint8Array): Tensor {
  return { name, dataType: 'uint8', dims: [bytes.byteLength], data: { kind: 'bytes', bytes } }
}

function externalTensor(name: string, offsetBytes: number, lengthBytes: number): Tensor {
  return {
    name,
    dataType: 'uint8',
    dims: [lengthBytes],
    data: { kind: 'external', location: 'old.bin', offsetBytes, lengthBytes }
  }
}

function modelOf(...tensors: Tensor[]): Model {
  const builder = new GraphBuilder('weights')
  for (const tensor of tensors) builder.initializer(tensor)
  return builder.build()
}

function dataOf(model: Model, name: string): Tensor['data'] | undefined {
  return model.graph.initializers.get(name)?.data
}

const reference = (offsetBytes: number, lengthBytes: number, location = 'new.bin') => ({
  kind: 'external',
  location,
  offsetBytes,
  lengthBytes
})

describe('externalizeModel', () => {
  it('aligns large initializers and leaves small ones in the model', () => {
    const [large, small, exact] = [randomBytes(1, 5000), randomBytes(2, 1023), randomBytes(3, 1024)]
    const model = modelOf(byteTensor('large', large), byteTensor('small', small), byteTensor('exact', exact))
    const external = externalizeModel(model, { location: 'new.bin' })
    assertInvariants(external.model)
    expect(dataOf(external.model, 'large')).toEqual(reference(0, 5000))
    expect(dataOf(external.model, 'small')).toEqual({ kind: 'bytes', bytes: small })
    expect(dataOf(external.model, 'exact')).toEqual(reference(8192, 1024))
    const { bytes } = contentOf(external.chunks)
    expect(external.sizeBytes).toBe(8192 + 1024)
    expect(bytes.byteLength).toBe(external.sizeBytes)
    expect(Buffer.compare(bytes.subarray(0, 5000), large)).toBe(0)
    expect(bytes.subarray(5000, 8192).every((byte) => byte === 0)).toBe(true)
    expect(Buffer.compare(bytes.subarray(8192), exact)).toBe(0)
  })

  it('gives every feature back after loading, also when it was written and read', () => {
    const model = everyFeatureModel()
    const external = externalizeModel(model, { location: 'new.bin', minimumSizeBytes: 0, alignmentBytes: 64 })
    expect(external.sizeBytes).toBeGreaterThan(0)
    const { bytes } = contentOf(external.chunks)
    const read = decodeModel(encodeModel(external.model))
    const loaded = loadExternalData(read, new MemoryFiles({ 'new.bin': bytes }))
    const plain = (whole: Model) =>
      mapTensors(whole, (tensor) =>
        tensor.data.kind === 'bytes'
          ? { ...tensor, data: { kind: 'bytes', bytes: Uint8Array.from(tensor.data.bytes) } }
          : tensor
      )
    expect(plain(loaded)).toStrictEqual(plain(model))
  })

  it('writes bytes that tensors share once', () => {
    const bytes = randomBytes(4, 2000)
    const model = modelOf(
      byteTensor('a', bytes),
      byteTensor('b', new Uint8Array(bytes.buffer)),
      byteTensor('prefix', bytes.subarray(0, 1500)),
      externalTensor('c', 10, 3000),
      externalTensor('d', 10, 3000)
    )
    const files = new MemoryFiles({ 'old.bin': randomBytes(8, 3010) })
    const external = externalizeModel(loadExternalData(model, files, { deferFromBytes: 3000 }), {
      location: 'new.bin'
    })
    expect(dataOf(external.model, 'a')).toEqual(dataOf(external.model, 'b'))
    expect(dataOf(external.model, 'prefix')).toEqual(reference(4096, 1500))
    expect(dataOf(external.model, 'c')).toEqual(dataOf(external.model, 'd'))
    expect(external.sizeBytes).toBe(8192 + 3000)
    expect(files.reads.map(([, , length]) => length)).toEqual([0])
  })

  it('streams deferred values one tensor after the other, in pieces of at most 8 MiB, as often as asked', () => {
    const old = new Uint8Array(20 * 2 ** 20).map((_, index) => index >>> 12)
    const files = new MemoryFiles({ 'old.bin': old })
    const [first, second] = [
      externalTensor('w', 100, 12 * 2 ** 20),
      externalTensor('u', 100 + 12 * 2 ** 20, 4096)
    ]
    const model = loadExternalData(modelOf(first, second), files, { deferFromBytes: 0 })
    const external = externalizeModel(model, { location: 'new.bin', alignmentBytes: 1 })
    files.reads.length = 0
    const chunks = external.chunks[Symbol.iterator]()
    const pieces = [chunks.next().value, chunks.next().value] as Uint8Array[]
    expect(files.reads).toEqual([['old.bin', 100, 12 * 2 ** 20]])
    expect(pieces.map(({ byteLength }) => byteLength)).toEqual([8 * 2 ** 20, 4 * 2 ** 20])
    const content = contentOf(external.chunks)
    expect(Buffer.compare(content.bytes, old.subarray(100, 100 + 12 * 2 ** 20 + 4096))).toBe(0)
    expect(contentOf(external.chunks).bytes.byteLength).toBe(external.sizeBytes)
  })

  it('leaves values inside attributes with their node', () => {
    const builder = new GraphBuilder('constant')
    const value: Attribute = { kind: 'tensor', value: externalTensor('', 0, 4) }
    builder.output(builder.node('Constant', [], { attributes: { value } }), 'uint8', [4])
    const files = new MemoryFiles({ 'old.bin': randomBytes(9, 4) })
    const loaded = loadExternalData(builder.build(), files, { deferFromBytes: 0 })
    expect(externalizeModel(loaded, { location: 'new.bin', minimumSizeBytes: 0 }).model).toBe(loaded)
  })

  it('returns the same model when there is nothing to move', () => {
    const model = modelOf(byteTensor('small', randomBytes(5, 8)))
    expect(externalizeModel(model, { location: 'new.bin' }).model).toBe(model)
  })

  it('refuses external tensors that were not loaded, and sizes that are not whole', () => {
    const model = modelOf(externalTensor('w', 0, 4))
    expect(() => externalizeModel(model, { location: 'new.bin' })).toThrowError(
      expect.objectContaining({ code: 'internal' })
    )
    expect(() => externalizeModel(modelOf(), { location: 'new.bin', alignmentBytes: 0 })).toThrowError(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})

describe('loadExternalData', () => {
  it('reads a shared range once and returns the same model when nothing is external', () => {
    const files = new MemoryFiles({ 'old.bin': randomBytes(6, 100) })
    const loaded = loadExternalData(modelOf(externalTensor('a', 8, 4), externalTensor('b', 8, 4)), files)
    expect(files.reads).toEqual([['old.bin', 8, 4]])
    expect(dataOf(loaded, 'a')).toEqual(dataOf(loaded, 'b'))
    expect(loadExternalData(loaded, files)).toBe(loaded)
  })

  it('reads large initializers anew whenever their values are asked for', () => {
    const old = randomBytes(10, 100)
    const files = new MemoryFiles({ 'old.bin': old })
    const model = modelOf(externalTensor('large', 10, 40), externalTensor('small', 50, 39))
    const loaded = loadExternalData(model, files, { deferFromBytes: 40 })
    assertInvariants(loaded)
    const [large, small] = ['large', 'small'].map((name) => loaded.graph.initializers.get(name)!)
    expect(small!.data.kind).toBe('bytes')
    files.reads.length = 0
    for (const _ of [1, 2]) expect(tensorBytes(large!)).toEqual(old.subarray(10, 50))
    expect(files.reads).toEqual([
      ['old.bin', 10, 40],
      ['old.bin', 10, 40]
    ])
    const written = decodeModel(encodeModel(loaded))
    expect(tensorBytes(written.graph.initializers.get('large')!)).toEqual(old.subarray(10, 50))
  })

  it('looks for what it defers', () => {
    const missing: ExternalDataReader = {
      read: (location) => {
        throw new WorkbenchError('not-found', `There is no '${location}'.`)
      }
    }
    expect(() =>
      loadExternalData(modelOf(externalTensor('w', 8, 4)), missing, { deferFromBytes: 0 })
    ).toThrowError(expect.objectContaining({ code: 'not-found' }))
  })

  it('names a file that is too short', () => {
    const files = new MemoryFiles({ 'old.bin': randomBytes(7, 10) })
    expect(() => loadExternalData(modelOf(externalTensor('w', 8, 4)), files)).toThrowError(
      expect.objectContaining({
        code: 'io',
        message: "'old.bin' gave 2 of 4 bytes from 8; the file is cut short."
      })
    )
  })
})

describe('assertSafeLocation', () => {
  it.each(['w.bin', 'folder/w.bin', 'model.onnx.data', '..w', 'a..b/c', './w.bin'])(
    'allows %s',
    (location) => {
      expect(() => assertSafeLocation(location)).not.toThrow()
    }
  )

  it.each([
    '',
    '/etc/passwd',
    '..',
    '../w',
    'a/../../w',
    'a/..',
    'a\\b',
    '\\\\host\\w',
    'C:w',
    'c:/w',
    'w\0.bin'
  ])('refuses %j', (location) => {
    expect(() => assertSafeLocation(location)).toThrowError(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})
