import { describe, expect, it } from 'vitest'
import {
  buildModel,
  convForms,
  gatherFeed,
  gatherModel,
  gemmForms,
  inFeatures,
  matmulForms,
  outFeatures,
  randomFeed,
  randomTensor,
  windowForms
} from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { assertInvariants } from '../invariants'
import type { Model } from '../ir/model'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { exposeValues } from './expose-values'
import { shiftOutputs } from './shift-outputs'

const shift = Float64Array.of(1, -2, 3, 0.5)

/** Output channel of each value of an output. */
function channels(dims: readonly number[], isConvolution: boolean): (index: number) => number {
  const axis = isConvolution ? 1 : dims.length - 1
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  return (index) => Math.floor(index / inner) % outFeatures
}

describe('shiftOutputs', () => {
  it.each([
    ...matmulForms,
    ...gemmForms,
    ...convForms.filter(({ name }) => !name.includes('Constant')),
    ...windowForms
  ])('adds the shift to every row: $name', async ({ model, feed }) => {
    const [layer] = locateLinearLayers(model)
    const { model: shifted, modified } = shiftOutputs(model, [{ layer: layer!, shift }])
    expect(modified).toBe(true)
    assertInvariants(shifted)
    expect(shifted.metadataProps).toEqual(model.metadataProps)
    const before = await runModel(model, { x: feed })
    const after = await runModel(shifted, { x: feed })
    expect(after.unrelated).toEqual(before.unrelated)
    const channel = channels(before.result!.dims, layer!.operator === 'Conv')
    const expected = floats(before.result).map((value, index) => value + shift[channel(index)]!)
    // One more rounding in float32, of values below 32.
    floats(after.result).forEach((value, index) => {
      expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5)
    })
  })

  it('adds to what an embedding gives', async () => {
    const [embedding] = locateLinearLayers(gatherModel)
    const shifted = shiftOutputs(gatherModel, [{ layer: embedding!, shift }]).model
    assertInvariants(shifted)
    const outputs = (model: Model) => exposeValues(model, ['rows']).model
    const before = floats((await runModel(outputs(gatherModel), { ids: gatherFeed })).rows)
    const after = floats((await runModel(outputs(shifted), { ids: gatherFeed })).rows)
    // One more rounding in float32, of values below 8.
    after.forEach((value, index) => {
      expect(Math.abs(value - before[index]! - shift[index % outFeatures]!)).toBeLessThan(1e-6)
    })
  })

  it('puts the shift into a bias of the layer, and adds no node', () => {
    const { model } = matmulForms.find(({ name }) => name.includes('bias'))!
    const [layer] = locateLinearLayers(model)
    const shifted = shiftOutputs(model, [{ layer: layer!, shift }]).model
    expect(shifted.graph.nodes.map(({ opType }) => opType)).toEqual(
      model.graph.nodes.map(({ opType }) => opType)
    )
  })

  it('leaves a bias that another layer uses as it was', async () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [3, inFeatures])
      const bias = b.initializer(randomTensor('bias', [outFeatures], 2))
      for (const [name, seed] of [
        ['first', 3],
        ['second', 4]
      ] as const) {
        const w = b.initializer(randomTensor(`w ${name}`, [inFeatures, outFeatures], seed))
        b.output(b.node('Add', [b.node('MatMul', [x, w]), bias], { outputs: [name] }), 'float32')
      }
    })
    const [first] = locateLinearLayers(model)
    const feeds = { x: randomFeed([3, inFeatures], 5) }
    const before = await runModel(model, feeds)
    const after = await runModel(shiftOutputs(model, [{ layer: first!, shift }]).model, feeds)
    expect(after.second).toEqual(before.second)
    expect(after.first).not.toEqual(before.first)
  })

  it('changes nothing when there is nothing to shift', () => {
    const { model } = matmulForms[0]!
    expect(shiftOutputs(model, [])).toEqual({ model, modified: false })
  })
})
