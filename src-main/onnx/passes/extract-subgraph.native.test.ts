/** Pieces of a model compute what the whole computes, wherever it is cut. */
import { describe, expect, it } from 'vitest'
import { buildModel, modelWithBranches, randomFeed, randomTensor } from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { tinyModel } from '../../../tests/helpers/tiny-speech-model'
import { assertInvariants } from '../invariants'
import { intAttribute } from '../ir/attribute'
import { int64Tensor } from '../ir/tensor'
import type { Model } from '../ir/model'
import { exposeValues } from './expose-values'
import { extractSubgraph, liveValues } from './extract-subgraph'

/** x [n, 4] -> Split into a and b; y = a · w + b, and the shape of x as a second output. */
function splitModel(): Model {
  return buildModel((b) => {
    const x = b.input('x', 'float32', ['n', 4])
    const sizes = b.node('Identity', [b.initializer(int64Tensor('sizes', [2], [2, 2]))], {
      outputs: ['constant']
    })
    b.nodes('Split', [x, sizes], { outputs: ['a', 'b'], attributes: { axis: intAttribute(1) } })
    const product = b.node('MatMul', ['a', b.initializer(randomTensor('w', [2, 2], 1))], {
      outputs: ['product']
    })
    b.output(b.node('Add', [product, 'b'], { outputs: ['y'] }), 'float32')
    b.output(b.node('Shape', [x], { outputs: ['shape'] }), 'int64')
  })
}

const codeOf = (code: string) => expect.objectContaining({ code }) as unknown

describe('liveValues', () => {
  it('names what the rest needs, and neither constants nor what is used up', () => {
    const model = splitModel()
    expect(liveValues(model, 'a')).toEqual(['x'])
    expect(liveValues(model, 'product')).toEqual(['x', 'a', 'b'])
    expect(liveValues(model, 'y')).toEqual(['x', 'b', 'product'])
    expect(liveValues(model, 'shape')).toEqual(['x', 'y'])
  })

  it.each(['gone', ''])("refuses '%s', which no node makes", (value) => {
    expect(() => liveValues(splitModel(), value)).toThrow(codeOf('invalid-input'))
  })
})

describe('extractSubgraph', () => {
  it('cuts a model before every node, and both parts together give what the whole gives', async () => {
    const model = tinyModel('whisper-log-mel')
    const feeds = { input_features: randomFeed([1, 80, 40], 3) }
    const cuts = model.graph.nodes.filter((_, index) => index % 3 === 0).map(({ outputs }) => outputs[0]!)
    const live = new Map(cuts.map((cut) => [cut, liveValues(model, cut)]))
    const exposed = exposeValues(model, [...live.values()].flat()).model
    const whole = await runModel(exposed, feeds, { graphOptimization: false })
    for (const [cut, values] of live) {
      const suffix = extractSubgraph(model, { inputs: values, outputs: ['logits'] })
      assertInvariants(suffix)
      const fed = Object.fromEntries(values.map((value) => [value, whole[value]!]))
      const { logits } = await runModel(suffix, fed, { graphOptimization: false })
      // The same kernels on the same numbers: not a bit differs.
      expect(floats(logits), cut).toEqual(floats(whole['logits']))
    }
  })

  it('takes only the nodes and weights of the part', async () => {
    const model = splitModel()
    const piece = extractSubgraph(model, { inputs: ['a'], outputs: ['product'] })
    assertInvariants(piece)
    expect(piece.graph.nodes.map(({ opType }) => opType)).toEqual(['MatMul'])
    expect([...piece.graph.initializers.keys()]).toEqual(['w'])
    expect(piece.graph.inputs).toEqual([
      { name: 'a', type: { kind: 'tensor', dataType: 'float32', dims: [undefined, 2] } }
    ])
    expect(extractSubgraph(model, { outputs: ['shape'] }).graph.nodes.map(({ opType }) => opType)).toEqual([
      'Shape'
    ])
  })

  it('replaces one of two outputs of a node and passes inputs through', async () => {
    const model = splitModel()
    const x = randomFeed([3, 4], 5)
    const a = randomFeed([3, 2], 6)
    const piece = extractSubgraph(model, { inputs: ['x', 'a'], outputs: ['y', 'a'] })
    assertInvariants(piece)
    const outputs = await runModel(piece, { x, a })
    expect(outputs['a']).toEqual(a)
    const tail = extractSubgraph(model, { inputs: ['a', 'b'], outputs: ['y'] })
    const b = { ...a, data: floats(x).filter((_, index) => index % 4 >= 2) } as typeof a
    expect(outputs['y']).toEqual((await runModel(tail, { a, b }))['y'])
  })

  it('keeps what branches take from outside', async () => {
    const model = modelWithBranches()
    expect(liveValues(model, 'y')).toEqual(['x', 'condition'])
    expect(extractSubgraph(model, { outputs: ['y'] })).toEqual(model)
    expect(() => extractSubgraph(model, { inputs: ['condition'], outputs: ['y'] })).toThrow(
      codeOf('invalid-input')
    )
  })

  it('declares what inference does not know by its annotation without sizes, or as float32', () => {
    const unknown = buildModel((b) => {
      const x = b.input('x', 'float32', [2])
      const odd = b.node('Odd', [x], { outputs: ['odd'], domain: 'test' })
      b.output(b.node('Strange', [odd], { outputs: ['strange'], domain: 'test' }), 'int64', [5])
      b.output(b.node('Identity', ['strange'], { outputs: ['y'] }), 'int64')
    })
    const declared = (name: string) =>
      extractSubgraph(unknown, { inputs: [name], outputs: ['y'] }).graph.inputs[0]?.type
    expect(declared('odd')).toEqual({ kind: 'tensor', dataType: 'float32', dims: undefined })
    expect(declared('strange')).toEqual({ kind: 'tensor', dataType: 'int64', dims: [undefined] })
  })

  it.each([
    ['an unknown output', { outputs: ['gone'] }],
    ['an unknown input', { inputs: ['gone'], outputs: ['y'] }],
    ['an initializer as input', { inputs: ['w'], outputs: ['y'] }],
    ['inputs that do not suffice', { inputs: ['a'], outputs: ['y'] }]
  ])('refuses %s', (_, bounds) => {
    expect(() => extractSubgraph(splitModel(), bounds)).toThrow(codeOf('invalid-input'))
  })
})
