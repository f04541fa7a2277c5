import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import type { ModelSource, RuntimeTensor } from '../../runtime/inference-backend'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { GraphBuilder } from '../build/graph-builder'
import { intAttribute } from '../ir/attribute'
import { dataTypeNumber, packedSizeBytes, type DataType } from '../ir/data-type'
import type { Attribute, Graph } from '../ir/model'
import { assertInvariants } from '../invariants'
import { decodeModel } from './decode-model'
import { encodeModel } from './encode-model'
import { externalizeModel, loadExternalData, type ExternalDataReader } from './external-data'

const realFolder = resolve(import.meta.dirname, '../../../../shared/real')
const isAbsent = !existsSync(realFolder)

type Feeds = Record<string, RuntimeTensor>

/** Outputs of one run, as bytes: equality of bytes is equality of every bit. */
async function run(source: ModelSource, feeds: Feeds): Promise<Map<string, Buffer>> {
  const session = await createOrtBackend().open(source)
  try {
    const outputs = await session.run(feeds)
    return new Map(
      Object.entries(outputs).map(([name, { data }]) => [
        name,
        Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      ])
    )
  } finally {
    await session.release()
  }
}

function expectSameBits(actual: Map<string, Buffer>, expected: Map<string, Buffer>): void {
  expect([...actual.keys()]).toEqual([...expected.keys()])
  const differing = [...expected].filter(([name, bytes]) => actual.get(name)?.equals(bytes) !== true)
  expect(differing.map(([name]) => name)).toEqual([])
}

function random(seed: number, dims: readonly number[]): RuntimeTensor {
  const prng = createPrng(seed)
  const count = dims.reduce((product, dim) => product * dim, 1)
  return { dataType: 'float32', dims, data: new Float32Array(count).map(() => prng.normal()) }
}

function decoderFeeds(useCache: boolean): Feeds {
  const [past, encoderLength] = [useCache ? 3 : 0, 20]
  const feeds: Feeds = {
    input_ids: { dataType: 'int64', dims: [1, 2], data: BigInt64Array.of(36n, 37n) },
    encoder_hidden_states: random(1, [1, encoderLength, 384]),
    use_cache_branch: { dataType: 'bool', dims: [1], data: Uint8Array.of(useCache ? 1 : 0) }
  }
  if (useCache) feeds.input_ids = { dataType: 'int64', dims: [1, 1], data: BigInt64Array.of(5n) }
  for (let layer = 0; layer < 4; layer++) {
    for (const part of ['key', 'value']) {
      const prefix = `past_key_values.${layer}`
      feeds[`${prefix}.decoder.${part}`] = random(2 + layer, [1, 6, past, 64])
      feeds[`${prefix}.encoder.${part}`] = random(9 + layer, [1, 6, encoderLength, 64])
    }
  }
  return feeds
}

const cases: [string, string, () => Feeds][] = [
  ['whisper-tiny-ctc', 'whisper-tiny-ctc/model.onnx', () => ({ input_features: random(1, [1, 80, 100]) })],
  ['kwt1', 'kwt1/model.onnx', () => ({ input_1: random(1, [1, 16000]) })],
  [
    'the merged decoder, first step',
    'whisper-tiny-words/decoder_model_merged.onnx',
    () => decoderFeeds(false)
  ],
  [
    'the merged decoder, cached step',
    'whisper-tiny-words/decoder_model_merged.onnx',
    () => decoderFeeds(true)
  ]
]

describe('a model read and written again computes the same bits', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lathe-serde-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  function filesIn(directory: string): ExternalDataReader {
    return {
      read: (location, offsetBytes, lengthBytes) =>
        readFileSync(join(directory, location)).subarray(offsetBytes, offsetBytes + lengthBytes)
    }
  }

  it.skipIf(isAbsent).each(cases)(
    '%s, in one file (skipped without ../shared/real)',
    async (_, name, makeFeeds) => {
      const path = resolve(realFolder, name)
      const bytes = encodeModel(decodeModel(await readFile(path)))
      const expected = await run({ kind: 'file', path }, makeFeeds())
      expectSameBits(await run({ kind: 'bytes', bytes }, makeFeeds()), expected)
    }
  )

  it.skipIf(isAbsent).each(cases)(
    '%s, with external data (skipped without ../shared/real)',
    async (_, name, makeFeeds) => {
      const path = resolve(realFolder, name)
      const external = externalizeModel(decodeModel(await readFile(path)), { location: 'model.onnx.data' })
      assertInvariants(external.model)
      await writeFile(join(folder, 'model.onnx.data'), external.chunks)
      const written = encodeModel(external.model)
      await writeFile(join(folder, 'model.onnx'), written)
      // What is left in the model are nodes and small constants.
      expect(written.byteLength).toBeLessThan(1_500_000)

      const expected = await run({ kind: 'file', path }, makeFeeds())
      const source = { kind: 'file', path: join(folder, 'model.onnx') } as const
      expectSameBits(await run(source, makeFeeds()), expected)

      const loaded = loadExternalData(decodeModel(written), filesIn(folder), { deferFromBytes: 2 ** 16 })
      expectSameBits(await run({ kind: 'bytes', bytes: encodeModel(loaded) }, makeFeeds()), expected)
    }
  )

  it('external data moves from one file to another, also out of subgraphs', async () => {
    const first = externalizeModel(conditionalModel(), { location: 'first.bin', minimumSizeBytes: 1 })
    await writeFile(join(folder, 'first.bin'), first.chunks)
    const loaded = loadExternalData(first.model, filesIn(folder), { deferFromBytes: 0 })
    const second = externalizeModel(loaded, { location: 'second.bin', minimumSizeBytes: 1 })
    await writeFile(join(folder, 'second.bin'), second.chunks)
    await writeFile(join(folder, 'second.onnx'), encodeModel(second.model))
    await rm(join(folder, 'first.bin'))
    for (const flag of [0, 1]) {
      const feeds: Feeds = { flag: { dataType: 'bool', dims: [], data: Uint8Array.of(flag) } }
      const bytes = encodeModel(conditionalModel())
      const expected = await run({ kind: 'bytes', bytes }, feeds)
      expectSameBits(await run({ kind: 'file', path: join(folder, 'second.onnx') }, feeds), expected)
      expect([...new Float32Array(Uint8Array.from(expected.get('chosen')!).buffer)]).toEqual([flag, flag])
    }
  })
})

/** An If whose branches return the constants [1, 1] and [0, 0] of their own. */
function conditionalModel() {
  const branch = (value: number): Graph => {
    const builder = new GraphBuilder(`branch ${value}`)
    const bytes = new Uint8Array(Float32Array.of(value, value).buffer)
    const own = builder.initializer({
      name: `own_${value}`,
      dataType: 'float32',
      dims: [2],
      data: { kind: 'bytes', bytes }
    })
    builder.output(builder.node('Identity', [own], { outputs: [`out_${value}`] }), 'float32', [2])
    return builder.build().graph
  }
  const builder = new GraphBuilder('conditional')
  const attributes: Record<string, Attribute> = {
    then_branch: { kind: 'graph', value: branch(1) },
    else_branch: { kind: 'graph', value: branch(0) }
  }
  builder.output(
    builder.node('If', [builder.input('flag', 'bool', [])], { attributes, outputs: ['chosen'] }),
    'float32',
    [2]
  )
  return builder.build()
}

describe('ONNX Runtime reads written tensors as their type', () => {
  const bits = (values: ArrayBufferView) => new Uint8Array(values.buffer)
  const typed: [DataType, number, Uint8Array, number[]][] = [
    ['float32', 2, bits(Float32Array.of(1.5, -2)), [1.5, -2]],
    ['float64', 2, bits(Float64Array.of(1.5, -2)), [1.5, -2]],
    ['int64', 2, bits(BigInt64Array.of(-3n, 2n ** 24n)), [-3, 2 ** 24]],
    ['int32', 2, bits(Int32Array.of(-3, 70000)), [-3, 70000]],
    ['uint32', 1, bits(Uint32Array.of(2 ** 32 - 256)), [2 ** 32 - 256]],
    ['uint64', 1, bits(BigUint64Array.of(2n ** 63n)), [2 ** 63]],
    ['int16', 2, bits(Int16Array.of(-3, 300)), [-3, 300]],
    ['uint16', 1, bits(Uint16Array.of(65535)), [65535]],
    ['int8', 2, bits(Int8Array.of(-3, 100)), [-3, 100]],
    ['uint8', 2, Uint8Array.of(3, 200), [3, 200]],
    ['bool', 2, Uint8Array.of(1, 0), [1, 0]],
    ['float16', 2, Uint8Array.of(0x00, 0x3c, 0x00, 0xc0), [1, -2]],
    ['bfloat16', 2, Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), [1, -2]],
    ['float8e4m3fn', 2, Uint8Array.of(0x38, 0xc0), [1, -2]],
    ['int4', 3, Uint8Array.of(0xf1, 0x07), [1, -1, 7]],
    ['uint4', 3, Uint8Array.of(0xf1, 0x07), [1, 15, 7]]
  ]
  it.each(typed)('%s', async (dataType, count, bytes, expected) => {
    expect(bytes.byteLength).toBe(packedSizeBytes(dataType, count))
    const builder = new GraphBuilder('cast')
    const w = builder.initializer({ name: 'w', dataType, dims: [count], data: { kind: 'bytes', bytes } })
    const attributes = { to: intAttribute(dataTypeNumber('float32')) }
    builder.output(builder.node('Cast', [w], { attributes, outputs: ['y'] }), 'float32', [count])
    const outputs = await run({ kind: 'bytes', bytes: encodeModel(builder.build()) }, {})
    expect([...new Float32Array(Uint8Array.from(outputs.get('y')!).buffer)]).toEqual(expected)
  })
})
