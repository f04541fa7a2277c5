/**
 * Hostile models, by the thousand: every one is opened or refused with one coded error, within a second and in bounded
 * memory. A case is its seed; LATHE_TORTURE_SEED moves all of them.
 */
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { float32Tensor } from '../../src-main/onnx/ir/tensor'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import { effort } from './effort'
import { attempt, limitsFor } from './fuzz/attempt'
import { baseModels } from './fuzz/base-models'
import { corpusOf } from './fuzz/corpus'
import { fuzz } from './fuzz/fuzz'
import { hostileModel } from './fuzz/model-cases'
import { joined } from './fuzz/mutate-bytes'
import { openModelBytes } from './fuzz/open-model-bytes'
import { shrinkModel } from './fuzz/shrink'
import { readWireTree, writeWireTree } from './fuzz/wire-tree'

const cases = effort({ short: 7000, full: 200_000 })

describe('the fuzzer', () => {
  it.each(baseModels)('starts from a model that opens and compresses: $name', async ({ bytes }) => {
    expect(writeWireTree(readWireTree(bytes))).toEqual(bytes)
    const result = await attempt(() => openModelBytes(bytes, true), limitsFor(bytes.byteLength))
    expect(result).toMatchObject({ outcome: 'accepted' })
  })

  it('makes the same case of the same seed', () => {
    for (const seed of [1, 2, 3]) expect(hostileModel(seed)).toEqual(hostileModel(seed))
    expect(hostileModel(1)).not.toEqual(hostileModel(2))
  })
})

describe('models that once failed', () => {
  it.each(corpusOf('models'))('$name', async ({ bytes }) => {
    const result = await attempt(() => openModelBytes(bytes, true), limitsFor(bytes.byteLength))
    expect(result.failure).toBeUndefined()
  })
})

/** Too large for the corpus: 20,000 nodes in a row, which nothing may follow node by node in calls of calls. */
describe('a long row of nodes', () => {
  const length = 20_000
  function row(builder: GraphBuilder, operator: string, start: string): string {
    let value = start
    for (let index = 0; index < length; index++) value = builder.node(operator, [value])
    return value
  }
  const weight = float32Tensor('w', [4, 4], new Float32Array(16))

  it.each([
    ['behind a head', (b: GraphBuilder, x: string) => row(b, 'Transpose', b.node('MatMul', [x, b.initializer(weight)]))],
    ['before a weight', (b: GraphBuilder, x: string) => b.node('MatMul', [x, row(b, 'Identity', b.initializer(weight))])],
    ['behind a constant that is followed', (b: GraphBuilder, x: string) => {
      const start = b.initializer(float32Tensor('c', [32, 32], new Float32Array(1024).fill(0.5)))
      row(b, 'Neg', start)
      return b.node('MatMul', [x, b.initializer(weight)])
    }],
    ['between two layers', (b: GraphBuilder, x: string) => {
      const first = b.node('MatMul', [x, b.initializer(weight)])
      return b.node('MatMul', [row(b, 'Neg', first), b.initializer({ ...weight, name: 'v' })])
    }]
  ])('%s is no deep recursion', async (_, build) => {
    const builder = new GraphBuilder('row')
    builder.output(build(builder, builder.input('x', 'float32', [4, 4])), 'float32', [4, 4])
    const bytes = encodeModel(builder.build())
    // Five passes over as many nodes, each of which knows every value's shape.
    const result = await attempt(() => openModelBytes(bytes, true), limitsFor(bytes.byteLength, 150))
    expect(result).toMatchObject({ outcome: 'accepted', failure: undefined })
  }) // prettier-ignore
})

/** Too large for the corpus: what is one byte or two in the file and an object in memory. */
describe('a file of 8 MB', () => {
  const sizeBytes = 8 * 2 ** 20
  const graphOf = (field: readonly number[], count: number) => {
    const bytes = new Uint8Array(field.length * count)
    for (let at = 0; at < bytes.length; at++) bytes[at] = field[at % field.length]!
    return bytes
  }

  it.each([
    ['empty nodes', graphOf([0x0a, 0], sizeBytes / 2)],
    // An initializer whose dims are packed zeros, of which each is a byte.
    ['axes', lengthDelimited(5, lengthDelimited(1, new Uint8Array(sizeBytes)))],
    ['empty strings of a tensor', lengthDelimited(5, graphOf([0x32, 0], sizeBytes / 2))]
  ])('of nothing but %s is refused before memory is taken for them', async (_, graph) => {
    const bytes = joined(Uint8Array.of(0x08, 8), lengthDelimited(7, graph))
    const result = await attempt(() => openModelBytes(bytes, false), {
      milliseconds: 1000,
      growthMegabytes: 16
    })
    expect(result).toMatchObject({ outcome: 'unsupported-model', failure: undefined })
  })
})

/** A protobuf field with its length before it. */
function lengthDelimited(number: number, bytes: Uint8Array): Uint8Array {
  const head = [(number << 3) | 2]
  for (let rest = bytes.byteLength; ; rest >>>= 7) {
    head.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) return joined(Uint8Array.from(head), bytes)
  }
}

describe('hostile models', () => {
  it(`each end in success or in one coded error: ${cases} of them`, async () => {
    const failures = await fuzz({
      name: 'fuzz: models',
      cases,
      make: hostileModel,
      // One in four goes on to be compressed and written again.
      run: ({ bytes }, seed) => openModelBytes(bytes, seed % 4 === 0),
      shrink: shrinkModel
    })
    expect(failures).toEqual([])
  })
})
