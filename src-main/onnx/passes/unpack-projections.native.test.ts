/** Packed projections come apart in every form that exporters write, and the model computes what it did before. */
import { describe, expect, it } from 'vitest'
import { batch, frames, packedForms, width } from '../../../tests/helpers/packed-attention'
import { largestDifference } from '../../../tests/helpers/dense-matrices'
import { randomFeed } from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { assertInvariants } from '../invariants'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { countParameters } from '../parameters'
import { unpackProjections } from './unpack-projections'

describe('unpackProjections', () => {
  it.each(packedForms)('keeps the outputs: $name', async ({ model }) => {
    const before = structuredClone(model)
    const { model: unpacked, modified } = unpackProjections(model)
    expect(modified).toBe(true)
    assertInvariants(unpacked)
    expect(model).toEqual(before)
    expect(locateLinearLayers(unpacked).map(({ role }) => role)).toEqual(['q', 'k', 'v', 'out'])
    expect(countParameters(unpacked).parameterCount).toBe(countParameters(model).parameterCount)

    const x = randomFeed([batch, frames, width], 5)
    for (const graphOptimization of [false, true]) {
      const wanted = await runModel(model, { x }, { graphOptimization })
      const found = await runModel(unpacked, { x }, { graphOptimization })
      expect(Object.keys(found)).toEqual(Object.keys(wanted))
      for (const [name, tensor] of Object.entries(wanted)) {
        expect(found[name]!.dims).toEqual(tensor.dims)
        const scale = Math.max(...floats(tensor).map(Math.abs))
        // The same sums of 6 products; a kernel may order them otherwise for fewer columns.
        expect(largestDifference(floats(found[name]), floats(tensor))).toBeLessThan(1e-6 * scale)
      }
    }
  })
})
