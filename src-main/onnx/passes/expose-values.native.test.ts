/** Intermediate values come out of a run beside the outputs, whatever their type. */
import { describe, expect, it } from 'vitest'
import { buildModel, randomFeed, randomHalfTensor, randomTensor } from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { assertInvariants } from '../invariants'
import { intAttribute } from '../ir/attribute'
import { dataTypeNumber, type DataType } from '../ir/data-type'
import type { Model } from '../ir/model'
import { encodeModel } from '../serde/encode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { exposeValues } from './expose-values'

/** x -> Relu `hidden` -> MatMul `y`, and the shape of `hidden`. */
function model(): Model {
  const built = buildModel((b) => {
    const x = b.input('x', 'float32', ['n', 3])
    const hidden = b.node('Relu', [x], { outputs: ['hidden'] })
    b.node('Shape', [hidden], { outputs: ['shape'] })
    const wide = b.node('Cast', [hidden], {
      outputs: ['wide'],
      attributes: { to: intAttribute(dataTypeNumber('float64')) }
    })
    b.node('Neg', [wide], { outputs: ['negative'] })
    b.output(
      b.node('MatMul', [hidden, b.initializer(randomTensor('w', [3, 2], 1))], { outputs: ['y'] }),
      'float32'
    )
  })
  const valueInfos = [
    { name: 'hidden', type: { kind: 'tensor', dataType: 'float32', dims: ['n', 3] } }
  ] as const
  return { ...built, graph: { ...built.graph, valueInfos }, metadataProps: new Map([['vocab_size', '28']]) }
}

describe('exposeValues', () => {
  it('adds values of any type to the outputs', async () => {
    const original = model()
    const { model: exposed, modified } = exposeValues(original, [
      'hidden',
      'x',
      'shape',
      'negative',
      'hidden'
    ])
    expect(modified).toBe(true)
    assertInvariants(exposed)
    const feed = randomFeed([4, 3], 2)
    const outputs = await runModel(exposed, { x: feed })
    expect(Object.keys(outputs)).toEqual(['y', 'hidden', 'x', 'shape', 'negative'])
    expect(outputs.x).toEqual(feed)
    expect(floats(outputs.hidden)).toEqual(floats(feed).map((value) => Math.max(value, 0)))
    expect(outputs.shape).toEqual({ dataType: 'int64', dims: [2], data: BigInt64Array.of(4n, 3n) })
    expect(outputs.negative!.data).toEqual(Float64Array.from(floats(outputs.hidden), (value) => -value))
    expect(outputs.y).toEqual((await runModel(original, { x: feed })).y)
  })

  it('changes nothing but the outputs, and keeps known annotations', () => {
    const original = model()
    const { graph, ...rest } = exposeValues(original, ['hidden', 'x', 'wide', 'x']).model
    const { graph: originalGraph, ...originalRest } = original
    expect(rest).toEqual(originalRest)
    expect({ ...graph, outputs: originalGraph.outputs }).toEqual(originalGraph)
    expect(graph.outputs.slice(1)).toEqual([
      originalGraph.valueInfos[0],
      originalGraph.inputs[0],
      { name: 'wide', type: undefined }
    ])
  })

  it('has nothing to do for values that are outputs already', () => {
    const original = model()
    for (const names of [[], ['y']]) {
      const result = exposeValues(original, names)
      expect(result.modified).toBe(false)
      expect(result.model).toBe(original)
    }
  })

  it('does not keep a model with float16 inside from loading', async () => {
    const to = (dataType: DataType) => ({ attributes: { to: intAttribute(dataTypeNumber(dataType)) } })
    const half = buildModel((b) => {
      const x = b.node('Cast', [b.input('x', 'float32', [3, 4])], to('float16'))
      const product = b.node('MatMul', [x, b.initializer(randomHalfTensor('w', [4, 2], 1))], {
        outputs: ['half']
      })
      b.output(b.node('Cast', [product], { outputs: ['y'], ...to('float32') }), 'float32')
    })
    const bytes = encodeModel(exposeValues(half, ['half']).model)
    const session = await createOrtBackend().open({ kind: 'bytes', bytes })
    expect(session.outputNames).toEqual(['y', 'half'])
    const { y } = await session.run({ x: randomFeed([3, 4], 1) }, ['y'])
    expect(y!.dims).toEqual([3, 2])
    await session.release()
  })

  it('refuses a name that the graph does not define', () => {
    for (const name of ['nowhere', 'w']) {
      expect(() => exposeValues(model(), ['hidden', name])).toThrow(
        expect.objectContaining({ code: 'internal', message: `The graph has no value '${name}' to expose.` })
      )
    }
  })
})
