import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deferredModel } from '../../../tests/helpers/deferred-model'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import type { Attribute, Graph, Model, ValueType } from '../ir/model'
import { mapTensors } from '../ir/map-tensors'
import { float32Tensor, type Tensor } from '../ir/tensor'
import { assertInvariants } from '../invariants'
import { GraphBuilder } from '../build/graph-builder'
import { decodeModel } from './decode-model'
import { encodedSizeBytes, encodeModel } from './encode-model'
import { maximumGraphDepth } from './onnx-schema'

const realFolder = resolve(import.meta.dirname, '../../../../shared/real')
const realModels = [
  'whisper-tiny-ctc/model.onnx',
  'kwt1/model.onnx',
  'whisper-tiny-words/encoder_model.onnx',
  'whisper-tiny-words/decoder_model_merged.onnx'
]

const isAbsent = !existsSync(realFolder)

describe('encodeModel', () => {
  it('keeps everything that the IR can hold', () => {
    const model = everyFeatureModel()
    assertInvariants(model)
    expect(decodeModel(encodeModel(model))).toStrictEqual(model)
  })

  it('writes deferred values like those in memory, and knows the size without reading them', () => {
    const plain = everyFeatureModel()
    const { model, reads } = deferredModel(plain)
    const bytes = encodeModel(plain)
    expect([plain, model].map(encodedSizeBytes)).toEqual([bytes.byteLength, bytes.byteLength])
    // Those of subgraphs are part of a message that is encoded as a whole.
    const readForSize = reads.length
    reads.length = 0
    expect(Buffer.compare(encodeModel(model), bytes)).toBe(0)
    expect(reads.length).toBeGreaterThan(readForSize)
  })

  it('gives the same bytes for the same model', () => {
    expect(encodeModel(everyFeatureModel())).toEqual(encodeModel(everyFeatureModel()))
    const bytes = encodeModel(everyFeatureModel())
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes)
  })

  it('writes lengths on both sides of every varint size', () => {
    for (const floats of [0, 1, 30, 31, 32, 33, 4090, 4096, 4100, 600_000]) {
      const values = new Float32Array(floats).map((_, index) => index)
      const builder = new GraphBuilder('lengths')
      builder.output(builder.initializer(float32Tensor('w', [floats], values)), 'float32', [floats])
      const model = builder.build()
      expect(decodeModel(encodeModel(model))).toStrictEqual(model)
    }
  })

  it('keeps a node attribute of 2^53 + 1 and the ends of int64 exact', () => {
    const model = everyFeatureModel()
    const node = decodeModel(encodeModel(model)).graph.nodes.find(({ opType }) => opType === 'Everything')
    expect(node?.attributes.get('ints')).toEqual({
      kind: 'ints',
      value: [9223372036854775807n, -9223372036854775808n, 0n, -1n, 9007199254740993n, 4294967296n]
    })
  })

  it('leaves external references as they are', () => {
    const model = withInitializer({
      name: 'w',
      dataType: 'float32',
      dims: [3],
      data: {
        kind: 'external',
        location: 'weights/all.bin',
        offsetBytes: 2 ** 40,
        lengthBytes: 12,
        checksum: 'da39a3ee'
      }
    })
    expect(decodeModel(encodeModel(model))).toStrictEqual(model)
  })

  it('refuses an attribute beyond 64 bits', () => {
    const builder = new GraphBuilder('one')
    builder.node('Constant', [], { attributes: { value_int: { kind: 'int', value: 2n ** 63n } } })
    expect(() => encodeModel(builder.build())).toThrowError(expect.objectContaining({ code: 'internal' }))
  })

  it('refuses types that no reader would accept for their depth', () => {
    let type: ValueType = { kind: 'tensor', dataType: 'float32', dims: [] }
    for (let level = 0; level < 300; level++) type = { kind: 'sequence', element: type }
    const model = withInitializer(float32Tensor('w', [1], Float32Array.of(1)))
    const graph = { ...model.graph, valueInfos: [{ name: 'v', type }] }
    expect(() => encodeModel({ ...model, graph })).toThrowError(
      expect.objectContaining({ code: 'unsupported-model' })
    )
  })

  it('refuses a file beyond 2 GiB before allocating it', () => {
    // One view many times: the sizes add up without the memory.
    const bytes = new Uint8Array(2 ** 26)
    const builder = new GraphBuilder('huge')
    for (let index = 0; index < 32; index++) {
      builder.initializer({
        name: `w${index}`,
        dataType: 'uint8',
        dims: [bytes.byteLength],
        data: { kind: 'bytes', bytes }
      })
    }
    expect(() => encodeModel(builder.build())).toThrowError(
      expect.objectContaining({ code: 'unsupported-model' })
    )
  })

  it('writes subgraphs down to the depth limit and refuses deeper ones', () => {
    const deepest = nested(maximumGraphDepth)
    expect(decodeModel(encodeModel(deepest))).toStrictEqual(deepest)
    expect(() => encodeModel(nested(maximumGraphDepth + 1))).toThrowError(
      expect.objectContaining({ code: 'unsupported-model' })
    )
  })
})

describe('encodeModel on real models', () => {
  it.skipIf(isAbsent).each(realModels)('loses nothing of %s (skipped without ../shared/real)', (name) => {
    const bytes = readFileSync(resolve(realFolder, name))
    const model = decodeModel(bytes)
    assertInvariants(model, 'invalid-input')
    const again = decodeModel(encodeModel(model))
    assertInvariants(again)
    expect(withDigests(again)).toStrictEqual(withDigests(model))
  })
})

/** Values replaced by their SHA-256: comparing 33 MB element by element takes minutes. */
function withDigests(model: Model): Model {
  return mapTensors(model, (tensor) =>
    tensor.data.kind === 'bytes'
      ? {
          ...tensor,
          data: { kind: 'strings', values: [createHash('sha256').update(tensor.data.bytes).digest()] }
        }
      : tensor
  )
}

function withInitializer(tensor: Tensor): Model {
  const builder = new GraphBuilder('one')
  builder.output(builder.initializer(tensor), tensor.dataType, tensor.dims)
  return builder.build()
}

/** A model whose deepest subgraph is `depth` levels below the main graph. */
function nested(depth: number): Model {
  const model = withInitializer(float32Tensor('w', [1], Float32Array.of(1)))
  let graph: Graph = { ...model.graph, name: 'deepest' }
  for (let level = depth - 1; level >= 0; level--) {
    graph = {
      ...model.graph,
      name: `level ${level}`,
      nodes: [
        {
          name: '',
          opType: 'Nest',
          domain: '',
          inputs: [],
          outputs: [],
          attributes: new Map<string, Attribute>([['body', { kind: 'graph', value: graph }]])
        }
      ]
    }
  }
  return { ...model, graph }
}
