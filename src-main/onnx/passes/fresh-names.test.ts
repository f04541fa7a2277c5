import { describe, expect, it } from 'vitest'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import { buildModel } from '../../../tests/helpers/linear-models'
import { FreshNames } from './fresh-names'

describe('FreshNames', () => {
  it('gives a free name as it is wanted, and never twice', () => {
    const names = new FreshNames(buildModel((b) => void b.input('x', 'float32', [1])))
    expect([names.take('y'), names.take('y'), names.take('y'), names.take('y_2')]).toEqual([
      ...['y', 'y_2', 'y_3', 'y_2_2']
    ])
  })

  it.each([
    ['an input', 'input'],
    ['an output of a node', 'chosen'],
    ['an initializer', 'shared'],
    ['a sparse initializer', 'sparse_weight'],
    ['a value inside a subgraph', 'sum'],
    ['an initializer inside a subgraph', 'local']
  ])('avoids the name of %s', (_, name) => {
    expect(new FreshNames(everyFeatureModel()).take(name)).toBe(`${name}_2`)
  })
})
