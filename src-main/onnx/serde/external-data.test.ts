import { describe, expect, it } from 'vitest'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import { createPrng } from '../../base/prng'
import { GraphBuilder } from '../build/graph-builder'
import { assertInvariants } from '../invariants'
import { mapTensors } from '../ir/map-tensors'
import type { Attribute, Model } from '../ir/model'
import type { Tensor } from '../ir/tensor'
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

  async read(location: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    this.reads.push([location, offsetBytes, lengthBytes])
    return this.#files.get(location)?.subarray(offsetBytes, offsetBytes + lengthBytes) ?? new Uint8Array(0)
  }
}

async function contentOf(chunks: AsyncIterable<Uint8Array>): Promise<{ bytes: Uint8Array; largest: number }> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
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
  it('aligns large initializers and leaves small ones in the model', async () => {
    const [large, small, exact] = [randomBytes(1, 5000), randomBytes(2, 1023), randomBytes(3, 1024)]
    const model = modelOf(byteTensor('large', large), byteTensor('small', small), byteTensor('exact', exact))
    const external = externalizeModel(model, { location: 'new.bin' })
    assertInvariants(external.model)
    expect(dataOf(external.model, 'large')).toEqual(reference(0, 5000))
    expect(dataOf(external.model, 'small')).toEqual({ kind: 'bytes', bytes: small })
    expect(dataOf(external.model, 'exact')).toEqual(reference(8192, 1024))
    const { bytes } = await contentOf(external.chunks)
    expect(external.sizeBytes).toBe(8192 + 1024)
    expect(bytes.byteLength).toBe(external.sizeBytes)
    expect(Buffer.compare(bytes.subarray(0, 5000), large)).toBe(0)
    expect(bytes.subarray(5000, 8192).every((byte) => byte === 0)).toBe(true)
    expect(Buffer.compare(bytes.subarray(8192), exact)).toBe(0)
  })

  it('gives every feature back after loading, also when it was written and read', async () => {
    const model = everyFeatureModel()
    const external = externalizeModel(model, { location: 'new.bin', minimumSizeBytes: 0, alignmentBytes: 64 })
    expect(external.sizeBytes).toBeGreaterThan(0)
    const { bytes } = await contentOf(external.chunks)
    const read = decodeModel(encodeModel(external.model))
    const loaded = await loadExternalData(read, new MemoryFiles({ 'new.bin': bytes }))
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
    const files = new MemoryFiles({})
    const external = externalizeModel(model, { location: 'new.bin' }, files)
    expect(dataOf(external.model, 'a')).toEqual(dataOf(external.model, 'b'))
    expect(dataOf(external.model, 'prefix')).toEqual(reference(4096, 1500))
    expect(dataOf(external.model, 'c')).toEqual(dataOf(external.model, 'd'))
    expect(external.sizeBytes).toBe(8192 + 3000)
    expect(files.reads).toEqual([])
  })

  it('streams external sources in pieces of at most 8 MiB, as often as asked', async () => {
    const old = new Uint8Array(20 * 2 ** 20).map((_, index) => index >>> 12)
    const files = new MemoryFiles({ 'old.bin': old })
    const model = modelOf(externalTensor('w', 100, old.byteLength - 100))
    const external = externalizeModel(model, { location: 'new.bin' }, files)
    const first = await contentOf(external.chunks)
    expect(first.largest).toBe(8 * 2 ** 20)
    expect(Buffer.compare(first.bytes, old.subarray(100))).toBe(0)
    expect(files.reads.map(([, offset]) => offset)).toEqual([100, 100 + 2 ** 23, 100 + 2 ** 24])
    expect((await contentOf(external.chunks)).bytes.byteLength).toBe(first.bytes.byteLength)
  })

  it('moves what is external already, even when it is small or inside an attribute', () => {
    const builder = new GraphBuilder('constant')
    const value: Attribute = { kind: 'tensor', value: externalTensor('', 0, 4) }
    builder.output(builder.node('Constant', [], { attributes: { value } }), 'uint8', [4])
    const { model } = externalizeModel(builder.build(), { location: 'new.bin' }, new MemoryFiles({}))
    const attribute = model.graph.nodes[0]?.attributes.get('value')
    expect(attribute?.kind === 'tensor' && attribute.value.data).toEqual(reference(0, 4))
  })

  it('returns the same model when there is nothing to move', () => {
    const model = modelOf(byteTensor('small', randomBytes(5, 8)))
    expect(externalizeModel(model, { location: 'new.bin' }).model).toBe(model)
  })

  it('refuses external tensors without a reader, and sizes that are not whole', () => {
    const model = modelOf(externalTensor('w', 0, 4))
    expect(() => externalizeModel(model, { location: 'new.bin' })).toThrowError(
      expect.objectContaining({ code: 'internal' })
    )
    expect(() => externalizeModel(model, { location: 'new.bin', alignmentBytes: 0 })).toThrowError(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})

describe('loadExternalData', () => {
  it('reads a shared range once and returns the same model when nothing is external', async () => {
    const files = new MemoryFiles({ 'old.bin': randomBytes(6, 100) })
    const loaded = await loadExternalData(
      modelOf(externalTensor('a', 8, 4), externalTensor('b', 8, 4)),
      files
    )
    expect(files.reads).toEqual([['old.bin', 8, 4]])
    expect(dataOf(loaded, 'a')).toEqual(dataOf(loaded, 'b'))
    expect(await loadExternalData(loaded, files)).toBe(loaded)
  })

  it('names a file that is too short', async () => {
    const files = new MemoryFiles({ 'old.bin': randomBytes(7, 10) })
    await expect(loadExternalData(modelOf(externalTensor('w', 8, 4)), files)).rejects.toThrowError(
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
