import { describe, expect, it } from 'vitest'
import { buildModel, randomTensor } from '../../tests/helpers/linear-models'
import { locateLinearLayers } from '../onnx/linear-layer/locate-linear-layers'
import { layerStages } from './layer-stages'

/** Two blocks of attention in outline: q, k and v of one value, out of all three, and a residual around them. */
const model = buildModel((b) => {
  let x = b.input('x', 'float32', ['n', 4])
  for (const block of ['first', 'second']) {
    const product = (name: string, value: string, seed: number) =>
      b.node('MatMul', [value, b.initializer(randomTensor(`${block}.${name}.w`, [4, 4], seed))], {
        name: `${block}.${name}`
      })
    const [q, k, v] = [product('q', x, 1), product('k', x, 2), product('v', x, 3)]
    const mixed = b.node('Mul', [b.node('Mul', [q, k]), v])
    x = b.node('Add', [x, product('out', mixed, 4)])
  }
  b.output(x, 'float32')
})
const layers = locateLinearLayers(model)

function stages(ids?: readonly string[]): string[][] {
  const chosen = layers.filter(({ id }) => ids?.includes(id) ?? true)
  return layerStages(model, chosen).map((stage) => stage.map(({ id }) => id))
}

describe('layerStages', () => {
  it('puts layers together that do not depend on each other, in the order of the graph', () => {
    expect(stages()).toEqual([
      ['first.q', 'first.k', 'first.v'],
      ['first.out'],
      ['second.q', 'second.k', 'second.v'],
      ['second.out']
    ])
  })

  it('counts only the layers that it is given', () => {
    expect(stages(['second.out', 'first.v', 'second.q'])).toEqual([['first.v'], ['second.q'], ['second.out']])
    expect(stages(['first.out', 'second.v'])).toEqual([['first.out'], ['second.v']])
    expect(stages([])).toEqual([])
  })
})
