import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../build/graph-builder'
import { intAttribute, tensorAttribute } from '../ir/attribute'
import type { Graph, Model } from '../ir/model'
import { int64Tensor } from '../ir/tensor'
import { inferShapes, shapeOf } from './infer-shapes'

const u = undefined

function dimsOfY(model: Model) {
  return inferShapes(model).values.get('y')?.dims
}

/** A graph that Reshapes or otherwise transforms the outer value `x`, as a branch does. */
function branch(build: (builder: GraphBuilder) => string): Graph {
  const builder = new GraphBuilder('branch')
  const output = build(builder)
  return { ...builder.build().graph, outputs: [{ name: output, type: undefined }] }
}

describe('inferShapes in subgraphs', () => {
  const flattened = branch((b) =>
    b.node('Reshape', ['x', b.initializer(int64Tensor('flat', [1], [-1]))], { outputs: ['inner'] })
  )
  const doubled = branch((b) =>
    b.node('Concat', ['x', 'x'], { outputs: ['inner'], attributes: { axis: intAttribute(0) } })
  )
  const same = branch((b) => b.node('Neg', ['x'], { outputs: ['inner'] }))

  function choose(thenBranch: Graph, elseBranch: Graph, condition?: boolean): Model {
    const builder = new GraphBuilder('choice')
    builder.input('x', 'float32', [2, 3])
    const flag =
      condition === undefined
        ? builder.input('flag', 'bool', [])
        : builder.node('Constant', [], {
            attributes: {
              value: tensorAttribute({
                name: '',
                dataType: 'bool',
                dims: [],
                data: { kind: 'bytes', bytes: new Uint8Array([Number(condition)]) }
              })
            }
          })
    builder.node('If', [flag], {
      outputs: ['y'],
      attributes: {
        then_branch: { kind: 'graph', value: thenBranch },
        else_branch: { kind: 'graph', value: elseBranch }
      }
    })
    return builder.build()
  }

  it('keeps what both branches of an If agree on', () => {
    expect(dimsOfY(choose(same, doubled))).toEqual([u, 3])
    expect(dimsOfY(choose(same, flattened))).toBeUndefined()
  })

  it('follows the branch that a known condition takes, and forgives the other', () => {
    const impossible = branch((b) => b.node('MatMul', ['x', 'x'], { outputs: ['inner'] }))
    expect(dimsOfY(choose(doubled, impossible, true))).toEqual([4, 3])
    expect(dimsOfY(choose(impossible, doubled, false))).toEqual([4, 3])
    expect(() => inferShapes(choose(doubled, impossible))).toThrow(/inner sizes/)
  })

  it('qualifies the values of branches, which may bear the same names', () => {
    const table = inferShapes(choose(doubled, flattened))
    expect(shapeOf(table, 'inner', ['y', 'then_branch'])?.dims).toEqual([4, 3])
    expect(shapeOf(table, 'inner', ['y', 'else_branch'])?.dims).toEqual([6])
    expect(shapeOf(table, 'x', ['y', 'else_branch'])?.dims).toEqual([2, 3])
  })

  it('keeps only what holds in every iteration of a Loop', () => {
    const body: Graph = {
      ...branch((b) => {
        b.input('iteration', 'int64', [])
        b.input('continues', 'bool', [])
        const grown = b.input('grown', 'float32', ['any', 3])
        b.node('Concat', [grown, 'x'], { outputs: ['more'], attributes: { axis: intAttribute(0) } })
        b.node('Identity', ['continues'], { outputs: ['again'] })
        return b.node('Identity', ['x'], { outputs: ['scanned'] })
      }),
      outputs: ['again', 'more', 'scanned'].map((name) => ({ name, type: undefined }))
    }
    const builder = new GraphBuilder('loop')
    const x = builder.input('x', 'float32', [2, 3])
    const trips = builder.initializer(int64Tensor('trips', [], [4]))
    builder.nodes('Loop', [trips, '', x], {
      outputs: ['last', 'stack'],
      attributes: { body: { kind: 'graph', value: body } }
    })
    const { values } = inferShapes(builder.build())
    expect(values.get('last')?.dims).toEqual([u, 3])
    expect(values.get('stack')?.dims).toEqual([4, 2, 3])
  })

  it('infers a Scan over the first axis', () => {
    const body: Graph = {
      ...branch((b) => {
        b.input('state', 'float32', [3])
        b.input('row', 'float32', [3])
        b.node('Add', ['state', 'row'], { outputs: ['next'] })
        return b.node('Identity', ['next'], { outputs: ['seen'] })
      }),
      outputs: ['next', 'seen'].map((name) => ({ name, type: undefined }))
    }
    const builder = new GraphBuilder('scan')
    const inputs = [builder.input('start', 'float32', [3]), builder.input('rows', 'float32', [7, 3])]
    builder.nodes('Scan', inputs, {
      outputs: ['last', 'all'],
      attributes: { body: { kind: 'graph', value: body }, num_scan_inputs: intAttribute(1) }
    })
    const { values } = inferShapes(builder.build())
    expect(values.get('last')?.dims).toEqual([3])
    expect(values.get('all')?.dims).toEqual([7, 3])
  })
})
