/** Roles of the real models, with their names and without, and of structures that they do not have. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../build/graph-builder'
import { intAttribute } from '../ir/attribute'
import { float32Tensor } from '../ir/tensor'
import type { Attribute, Graph, Model } from '../ir/model'
import { decodeModel } from '../serde/decode-model'
import type { LinearLayer } from './linear-layer'
import { locateLinearLayers } from './locate-linear-layers'

const realFolder = resolve(import.meta.dirname, '../../../../shared/real')
const isAbsent = !existsSync(realFolder)

function realModel(name: string): Model {
  return decodeModel(readFileSync(resolve(realFolder, name)))
}

/** The same model without any name that could tell: nodes unnamed, values v0, v1, ... */
function withoutNames(model: Model): Model {
  const names = new Map<string, string>([['', '']])
  const rename = (name: string) => {
    if (!names.has(name)) names.set(name, `v${names.size - 1}`)
    return names.get(name)!
  }
  const strip = (graph: Graph): Graph => ({
    ...graph,
    inputs: graph.inputs.map((input) => ({ ...input, name: rename(input.name) })),
    outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
    initializers: new Map(
      [...graph.initializers].map(([name, tensor]) => [rename(name), { ...tensor, name: rename(name) }])
    ),
    nodes: graph.nodes.map((node) => ({
      ...node,
      name: '',
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: new Map(
        [...node.attributes].map(([name, value]): [string, Attribute] =>
          value.kind === 'graph' ? [name, { kind: 'graph', value: strip(value.value) }] : [name, value]
        )
      )
    }))
  })
  return { ...model, graph: strip(model.graph) }
}

/** `role` or `cross role`, and block, in graph order. */
function summary(layers: readonly LinearLayer[]): string[] {
  return layers.map(({ role, attention, blockIndex }) =>
    [
      ...(attention === 'cross' ? ['cross'] : []),
      role,
      ...(blockIndex === undefined ? [] : [blockIndex])
    ].join(' ')
  )
}

function blocks(count: number, ...roles: readonly string[]): string[] {
  return Array.from({ length: count }, (_, block) => roles.map((role) => `${role} ${block}`)).flat()
}

const encoder = blocks(4, 'q', 'k', 'v', 'out', 'fc1', 'fc2')

describe.each([
  ['with their names', (model: Model) => model],
  ['with all names blanked', withoutNames]
])('real models %s', (_, prepare) => {
  it.skipIf(isAbsent)('whisper-tiny-ctc: 4 blocks and the head (skipped without ../shared/real)', () => {
    const layers = locateLinearLayers(prepare(realModel('whisper-tiny-ctc/model.onnx')))
    expect(summary(layers)).toEqual(['conv', 'conv', ...encoder, 'head'])
    // 24 encoder matrices of 7.08 M weights, as the models' README counts them.
    const encoderWeights = layers
      .slice(2, 26)
      .reduce((sum, layer) => sum + layer.inFeatures * layer.outFeatures, 0)
    expect(encoderWeights).toBe(4 * (4 * 384 * 384 + 2 * 384 * 1536))
    // Whisper's keys have no bias.
    expect(layers.filter((layer) => layer.biasName === undefined).map((layer) => layer.role)).toEqual([
      'k',
      'k',
      'k',
      'k'
    ])
  })

  it.skipIf(isAbsent)('kwt1: the front end, 12 blocks and the head (skipped without ../shared/real)', () => {
    const layers = locateLinearLayers(prepare(realModel('kwt1/model.onnx')))
    expect(summary(layers)).toEqual([
      ...new Array<string>(5).fill('other'),
      ...blocks(12, 'q', 'k', 'v', 'out', 'fc1', 'fc2'),
      'head'
    ])
  })

  it.skipIf(isAbsent)('the encoder of whisper-tiny-words: 4 blocks (skipped without ../shared/real)', () => {
    expect(summary(locateLinearLayers(prepare(realModel('whisper-tiny-words/encoder_model.onnx'))))).toEqual([
      'conv',
      'conv',
      ...encoder
    ])
  })

  it.skipIf(isAbsent)(
    'its merged decoder: both branches, weights shared between them (skipped without ../shared/real)',
    () => {
      const layers = locateLinearLayers(prepare(realModel('whisper-tiny-words/decoder_model_merged.onnx')))
      const first = layers.filter((layer) => layer.graphPath[1] === 'else_branch')
      const later = layers.filter((layer) => layer.graphPath[1] === 'then_branch')
      expect(first.length + later.length).toBe(layers.length)
      const own = ['k', 'v', 'q', 'out']
      const cross = ['cross k', 'cross v', 'cross q', 'cross out']
      expect(summary(first)).toEqual(['embedding', ...blocks(4, ...own, ...cross, 'fc1', 'fc2'), 'head'])
      // Later steps read the keys and values of the audio from the cache.
      expect(summary(later)).toEqual([
        'embedding',
        ...blocks(4, ...own, 'cross q', 'cross out', 'fc1', 'fc2'),
        'head'
      ])
      expect(first.filter((layer) => layer.weightUses === 2)).toHaveLength(34)
      expect(summary(first.filter((layer) => layer.weightUses === 1))).toEqual(
        blocks(4, 'cross k', 'cross v')
      )
      expect(later.every((layer) => layer.weightUses === 2)).toBe(true)
      expect(new Set(layers.map((layer) => layer.weightName)).size).toBe(42)
      expect(new Set(layers.map((layer) => layer.id)).size).toBe(layers.length)
    }
  )
})

/** Builds unnamed graphs of linear layers. */
class Sketch {
  readonly builder = new GraphBuilder('sketch')
  #count = 0

  linear(x: string, inFeatures: number, outFeatures: number, name = ''): string {
    const weight = float32Tensor(
      `w${this.#count++}`,
      [inFeatures, outFeatures],
      new Float32Array(inFeatures * outFeatures)
    )
    return this.builder.node('MatMul', [x, this.builder.initializer(weight)], { name })
  }

  node(opType: string, ...inputs: readonly string[]): string {
    return this.builder.node(opType, inputs, { name: '' })
  }

  attention(x: string, width: number): string {
    const [q, k, v] = [1, 2, 3].map(() => this.linear(x, width, width)) as [string, string, string]
    const scores = this.node('MatMul', q, this.node('Transpose', k))
    return this.linear(this.node('MatMul', this.node('Softmax', scores), v), width, width)
  }

  feedForward(x: string, width: number, activation = 'Relu'): string {
    return this.linear(this.node(activation, this.linear(x, width, 2 * width)), 2 * width, width)
  }

  summary(): string[] {
    return summary(locateLinearLayers(this.builder.build()))
  }
}

describe('structures', () => {
  it('numbers both half feed-forwards of a Conformer with their block', () => {
    const s = new Sketch()
    let x = s.builder.input('x', 'float32', ['n', 8])
    for (let block = 0; block < 2; block++) {
      x = s.node('Add', x, s.feedForward(x, 8))
      x = s.node('Add', x, s.attention(x, 8))
      x = s.node('Add', x, s.feedForward(x, 8))
    }
    const block = ['fc1', 'fc2', 'q', 'k', 'v', 'out', 'fc1', 'fc2']
    expect(s.summary()).toEqual(blocks(2, ...block))
  })

  it('gives both inputs of a gated unit the role fc1', () => {
    const s = new Sketch()
    const x = s.builder.input('x', 'float32', ['n', 8])
    const gate = s.linear(x, 8, 16)
    const silu = s.node('Mul', gate, s.node('Sigmoid', gate))
    s.linear(s.node('Mul', silu, s.linear(x, 8, 16)), 16, 8)
    expect(s.summary()).toEqual(['fc1 0', 'fc1 0', 'fc2 0'])
  })

  it('takes a stack that does not return to its width for projections', () => {
    const s = new Sketch()
    const x = s.builder.input('x', 'float32', ['n', 8])
    s.builder.output(s.node('LogSoftmax', s.linear(s.node('Relu', s.linear(x, 8, 16)), 16, 4)), 'float32')
    expect(s.summary()).toEqual(['other', 'head'])
  })

  it('gives a merged q, k and v projection no role', () => {
    const s = new Sketch()
    const x = s.builder.input('x', 'float32', ['n', 8])
    const merged = s.linear(x, 8, 24)
    const [q, k, v] = s.builder.nodes('Split', [merged], {
      name: '',
      outputs: ['q', 'k', 'v'],
      attributes: { axis: intAttribute(-1) }
    }) as [string, string, string]
    const scores = s.node('MatMul', q, s.node('Transpose', k))
    s.linear(s.node('MatMul', s.node('Softmax', scores), v), 8, 8)
    expect(s.summary()).toEqual(['other', 'out 0'])
  })

  it.each([
    ['', 'Attention'],
    ['com.microsoft', 'MultiHeadAttention']
  ])('reads the inputs of the fused %s %s', (domain, opType) => {
    const s = new Sketch()
    const x = s.builder.input('x', 'float32', ['n', 8])
    const memory = s.builder.input('memory', 'float32', ['m', 8])
    const inputs = [s.linear(x, 8, 8), s.linear(memory, 8, 8), s.linear(memory, 8, 8)]
    s.linear(s.builder.node(opType, inputs, { domain, name: '' }), 8, 8)
    expect(s.summary()).toEqual(['cross q 0', 'cross k 0', 'cross v 0', 'cross out 0'])
  })

  it('lets names decide within a part of the block, and structure between parts', () => {
    const s = new Sketch()
    const x = s.builder.input('x', 'float32', ['n', 8])
    // Scores computed as k times the transpose of q; an "fc1" that is the queries.
    const scores = s.node(
      'MatMul',
      s.linear(x, 8, 8, '/layers.0/attn/k_proj/MatMul'),
      s.node('Transpose', s.linear(x, 8, 8, '/layers.0/fc1/MatMul'))
    )
    s.node('MatMul', s.node('Softmax', scores), s.linear(x, 8, 8))
    expect(s.summary()).toEqual(['k 0', 'k 0', 'v 0'])
  })

  it('counts blocks by depth where an encoder and a decoder both count from 0', () => {
    const s = new Sketch()
    let x = s.builder.input('x', 'float32', ['n', 8])
    for (const part of ['encoder', 'decoder']) {
      const scores = s.node(
        'MatMul',
        s.linear(x, 8, 8, `/${part}/layers.0/q_proj/MatMul`),
        s.node('Transpose', s.linear(x, 8, 8))
      )
      x = s.node('LayerNormalization', s.node('MatMul', s.node('Softmax', scores), s.linear(x, 8, 8)))
    }
    expect(s.summary()).toEqual(blocks(2, 'q', 'k', 'v'))
  })
})
