import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GraphBuilder, type NodeOptions } from './build/graph-builder'
import { intAttribute } from './ir/attribute'
import type { Graph, Model } from './ir/model'
import { countMacs } from './macs'
import { decodeModel } from './serde/decode-model'
import { inferShapes } from './shapes/infer-shapes'

function oneNode(
  opType: string,
  inputs: readonly (readonly (number | string)[])[],
  options: NodeOptions = {}
): Model {
  const builder = new GraphBuilder('one node')
  const names = inputs.map((dims, index) => builder.input(`x${index}`, 'float32', dims))
  builder.nodes(opType, names, { outputs: ['y'], ...options })
  return builder.build()
}

function macsOf(model: Model) {
  return countMacs(model, inferShapes(model))
}

describe('countMacs', () => {
  it.each<[string, Model, number]>([
    [
      'MatMul: batch · m · k · n',
      oneNode('MatMul', [
        [5, 2, 3],
        [3, 4]
      ]),
      5 * 2 * 3 * 4
    ],
    ['MatMul of vectors', oneNode('MatMul', [[3], [3]]), 3],
    [
      'MatMulInteger',
      oneNode('MatMulInteger', [
        [2, 3],
        [3, 4]
      ]),
      24
    ],
    ['Gemm', oneNode('Gemm', [[2, 3], [3, 4], [4]]), 24],
    [
      'Gemm with transA',
      oneNode(
        'Gemm',
        [
          [3, 2],
          [3, 4]
        ],
        { attributes: { transA: intAttribute(1) } }
      ),
      24
    ],
    [
      'Conv: outputs · channels per group · kernel',
      oneNode(
        'Conv',
        [
          [2, 4, 10],
          [6, 2, 3]
        ],
        { attributes: { group: intAttribute(2) } }
      ),
      2 * 6 * 8 * 2 * 3
    ],
    [
      'LSTM: four gates',
      oneNode(
        'LSTM',
        [
          [7, 2, 5],
          [1, 12, 5],
          [1, 12, 3]
        ],
        { attributes: { hidden_size: intAttribute(3) } }
      ),
      7 * 2 * 4 * 3 * (5 + 3)
    ],
    [
      'GRU in both directions: three gates',
      oneNode(
        'GRU',
        [
          [7, 2, 5],
          [2, 9, 5],
          [2, 9, 3]
        ],
        { attributes: { hidden_size: intAttribute(3) } }
      ),
      2 * 7 * 2 * 3 * 3 * (5 + 3)
    ],
    [
      'elementwise work is free',
      oneNode('Add', [
        [5, 5],
        [5, 5]
      ]),
      0
    ]
  ])('%s', (_, model, expected) => {
    const { total, perNode } = macsOf(model)
    expect(total).toBe(expected)
    expect(perNode.get('y') ?? 0).toBe(expected)
  })

  it('names the products whose size is unknown instead of guessing', () => {
    const { total, uncounted } = macsOf(
      oneNode('MatMul', [
        ['n', 3],
        [3, 4]
      ])
    )
    expect([total, uncounted]).toEqual([0, ['y']])
  })

  it('adds the costlier branch of an If, and reports both', () => {
    const branch = (steps: number): Graph => {
      const builder = new GraphBuilder('branch')
      let value = 'x'
      for (let step = 0; step < steps; step++)
        value = builder.node('MatMul', [value, 'x'], { outputs: [`p${step}`] })
      return { ...builder.build().graph, outputs: [{ name: value, type: undefined }] }
    }
    const builder = new GraphBuilder('choice')
    builder.input('x', 'float32', [2, 2])
    builder.node('If', [builder.input('flag', 'bool', [])], {
      outputs: ['y'],
      attributes: {
        then_branch: { kind: 'graph', value: branch(1) },
        else_branch: { kind: 'graph', value: branch(3) }
      }
    })
    const { total, perNode } = macsOf(builder.build())
    expect(total).toBe(3 * 8)
    expect(Object.fromEntries(perNode)).toEqual({
      'y > then_branch > p0': 8,
      'y > else_branch > p0': 8,
      'y > else_branch > p1': 8,
      'y > else_branch > p2': 8
    })
  })

  const folder = resolve(import.meta.dirname, '../../../shared/real')
  it.skipIf(!existsSync(folder))(
    'counts whisper-tiny-ctc as by hand (skipped without ../shared/real)',
    () => {
      const model = decodeModel(readFileSync(resolve(folder, 'whisper-tiny-ctc/model.onnx')))
      const frames = 500
      const { total, uncounted } = countMacs(
        model,
        inferShapes(model, new Map([['input_features', [1, 80, frames]]]))
      )
      const positions = frames / 2
      const convolutions = frames * 384 * 80 * 3 + positions * 384 * 384 * 3
      const layers = 4 * positions * (4 * 384 * 384 + 2 * 384 * 1536) + positions * 384 * 28
      const attention = 4 * 2 * positions * positions * 384
      expect(total).toBe(convolutions + layers + attention)
      expect(uncounted).toEqual([])
    }
  )
})
