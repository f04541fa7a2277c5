/** What is taken apart, under which names, and what is left packed. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildModel, randomTensor } from '../../../tests/helpers/linear-models'
import {
  AttentionSketch,
  headWidth,
  heads,
  packedForms,
  width
} from '../../../tests/helpers/packed-attention'
import { floatAttribute, intAttribute } from '../ir/attribute'
import type { Model } from '../ir/model'
import { float32Values } from '../ir/tensor'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { decodeModel } from '../serde/decode-model'
import { unpackProjections } from './unpack-projections'

function formNamed(part: string): Model {
  return packedForms.find(({ name }) => name.includes(part))!.model
}

function ids(model: Model): string[] {
  return locateLinearLayers(unpackProjections(model).model).map(({ id }) => id)
}

/** A model that packs as one attention does, but for what `project` makes of it. */
function sketch(project: (s: AttentionSketch) => readonly [string, string, string]): Model {
  return buildModel((builder) => {
    const s = new AttentionSketch(builder)
    s.finish(project(s))
  })
}

const names = ['q_part', 'k_part', 'v_part']

function toHeads(s: AttentionSketch, parts: readonly string[]): [string, string, string] {
  return [s.toHeads(parts[0]!), s.toHeads(parts[1]!), s.toHeads(parts[2]!)]
}

describe('unpackProjections', () => {
  it('names the parts for their roles, and drops the Split', () => {
    const model = formNamed('Split of the features')
    expect(ids(model)).toEqual(['/qkv/MatMul.q', '/qkv/MatMul.k', '/qkv/MatMul.v', '/out_proj/MatMul'])
    const { graph } = unpackProjections(model).model
    expect(graph.nodes.some(({ opType }) => opType === 'Split')).toBe(false)
    expect([...graph.initializers.keys()].filter((name) => name.startsWith('qkv'))).toEqual([
      ...[0, 1, 2].flatMap((part) => [`qkv.weight.${part}`, `qkv.bias.${part}`])
    ])
  })

  it('names parts of parts and unnamed nodes too', () => {
    expect(ids(formNamed('inside what is packed')).slice(0, 3)).toEqual([
      '/qkv/MatMul.0',
      '/qkv/MatMul.1.k',
      '/qkv/MatMul.1.v'
    ])
    expect(
      ids(formNamed('without names'))
        .slice(0, 3)
        .map((id) => id.replace(/.*\./, ''))
    ).toEqual(['q', 'k', 'v'])
  })

  it('gives each part its columns as they are stored, also where heads hold all three', () => {
    const model = formNamed('within each head')
    const stored = float32Values(model.graph.initializers.get('qkv.weight')!)
    const { graph } = unpackProjections(model).model
    const keys = float32Values(graph.initializers.get('qkv.weight.1')!)
    for (let row = 0; row < width; row++) {
      for (let column = 0; column < width; column++) {
        const [head, place] = [Math.floor(column / headWidth), column % headWidth]
        expect(keys[row * width + column]).toBe(stored[row * 3 * width + (head * 3 + 1) * headWidth + place])
      }
    }
  })

  it.each<[string, Model]>([
    [
      'a value that something else uses',
      sketch((s) => {
        const packed = s.linear(s.x, 'qkv', [width, 3 * width])
        s.builder.output(s.node('Relu', [packed]), 'float32')
        return toHeads(s, s.split(packed, -1, names))
      })
    ],
    [
      'an output of the model',
      sketch((s) => {
        const packed = s.linear(s.x, 'qkv', [width, 3 * width])
        s.builder.output(packed, 'float32')
        return toHeads(s, s.split(packed, -1, names))
      })
    ],
    [
      'halves that a rotary embedding makes',
      sketch((s) => {
        const rotated = (name: string) => {
          const [a, b] = s.split(s.linear(s.x, name, [width, width]), -1, [`${name}_a`, `${name}_b`])
          return s.node('Concat', [s.node('Neg', [b!]), a!], { attributes: { axis: intAttribute(-1) } })
        }
        return toHeads(s, [rotated('q_proj'), rotated('k_proj'), s.linear(s.x, 'v_proj', [width, width])])
      })
    ],
    [
      'a gated unit',
      buildModel((builder) => {
        const s = new AttentionSketch(builder)
        const [a, b] = s.split(s.linear(s.x, 'fc1', [width, 2 * width]), -1, ['a', 'b'])
        const gated = s.node('Mul', [a!, s.node('Sigmoid', [b!])])
        builder.output(s.linear(gated, 'fc2', [width, width]), 'float32')
      })
    ],
    [
      'a weight that two layers share',
      sketch((s) => {
        const w = s.builder.initializer(randomTensor('shared', [width, 3 * width], 1))
        s.builder.output(s.node('MatMul', [s.x, w]), 'float32')
        return toHeads(s, s.split(s.node('MatMul', [s.x, w]), -1, names))
      })
    ],
    [
      'a Gemm whose C is no bias',
      sketch((s) => {
        const w = s.builder.initializer(randomTensor('w', [width, 3 * width], 1))
        const c = s.builder.initializer(randomTensor('c', [1], 1))
        const rows = s.node('Reshape', [s.x, s.integers([-1, width])])
        const packed = s.node('Gemm', [rows, w, c], { attributes: { beta: floatAttribute(2) } })
        const apart = s.node('Reshape', [packed, s.concat(...s.leadingSizes(s.x), s.integers([3 * width]))])
        return toHeads(s, s.split(apart, -1, names))
      })
    ],
    [
      'parts that overlap',
      sketch((s) => {
        const packed = s.linear(s.x, 'qkv', [width, 3 * width])
        const slice = (start: number) =>
          s.node('Slice', [packed, s.integers([start]), s.integers([start + width]), s.integers([2])])
        return toHeads(s, [slice(0), slice(width - 1), slice(2 * width)])
      })
    ],
    [
      'a shape that does not tell which axis is which',
      sketch((s) => {
        const shape = s.concat(...s.leadingSizes(s.x), s.integers([3, heads, -1]))
        const packed = s.linear(s.x, 'qkv', [width, 3 * width])
        const moved = s.transpose(s.node('Reshape', [packed, shape]), 2, 0, 3, 1, 4)
        return [s.gather(moved, 0), s.gather(moved, 1), s.gather(moved, 2)]
      })
    ]
  ])('leaves alone %s', (_, model) => {
    expect(unpackProjections(model)).toEqual({ model, modified: false })
  })

  const realFolder = resolve(import.meta.dirname, '../../../../shared/real')
  it.skipIf(!existsSync(realFolder))(
    'leaves real models without packed projections as they are (skipped without ../shared/real)',
    () => {
      for (const name of ['kwt1/model.onnx', 'whisper-tiny-ctc/model.onnx']) {
        const model = decodeModel(readFileSync(resolve(realFolder, name)))
        expect(unpackProjections(model).model).toBe(model)
      }
    }
  )
})
