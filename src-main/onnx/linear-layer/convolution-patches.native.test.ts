/** Patches times W is the convolution, against ONNX Runtime. */
import { describe, expect, it } from 'vitest'
import {
  buildModel,
  inFeatures,
  outFeatures,
  randomTensor,
  windowForms
} from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { exposeValues } from '../passes/expose-values'
import { convolutionPatches } from './convolution-patches'
import { locateLinearLayers } from './locate-linear-layers'
import { readBias, readWeight } from './read-weight'

describe('convolutionPatches', () => {
  it.each(windowForms)('gives the rows that the weight multiplies: $name', async ({ model, feed }) => {
    const [layer] = locateLinearLayers(model)
    const actual = (await runModel(exposeValues(model, ['y']).model, { x: feed })).y
    const [batch = 0, , ...space] = actual!.dims
    const positions = space.reduce((product, size) => product * size, 1)
    const weight = readWeight(model, layer!)
    const bias = readBias(model, layer!)
    const before = floats(feed).slice()

    for (const maximumRows of [1, 3, 1024]) {
      const chunks = [...convolutionPatches(floats(feed), feed.dims, layer!, maximumRows)]
      const rows = chunks.flatMap((chunk) => [...chunk])
      expect(rows).toHaveLength(batch * positions * weight.in)
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === maximumRows * weight.in)).toBe(true)
      for (let row = 0; row < batch * positions; row++) {
        for (let out = 0; out < outFeatures; out++) {
          let expected = bias?.[out] ?? 0
          for (let k = 0; k < weight.in; k++) {
            expected += rows[row * weight.in + k]! * weight.data[k * outFeatures + out]!
          }
          const item = Math.floor(row / positions)
          const index = (item * outFeatures + out) * positions + (row % positions)
          // float32 sums of up to 84 products of order 1: rounding stays below 84 · 2^-24 · 30 ≈ 1.5e-4.
          expect(Math.abs(floats(actual)[index]! - expected)).toBeLessThan(2e-4)
        }
      }
    }
    expect(floats(feed)).toEqual(before)
  })

  it('refuses an input that the window does not fit, and a layer without a window', () => {
    const { model, feed } = windowForms[0]!
    const [layer] = locateLinearLayers(model)
    const all =
      (dims: readonly number[], of = layer!) =>
      () => [...convolutionPatches(floats(feed), dims, of)]
    expect(all(feed.dims)).not.toThrow()
    const [batch = 0, channels = 0, size = 0] = feed.dims
    expect(all([batch, channels, size, 1])).toThrow(/no patches of 21 features for layer 'y'/)
    expect(all([batch * channels, 1, size])).toThrow(/no patches/)
    expect(all([batch, channels, size + 1])).toThrow(/no patches/)
    const pointwise = buildModel((b) => {
      const x = b.input('x', 'float32', feed.dims)
      b.node('Conv', [x, b.initializer(randomTensor('w', [outFeatures, inFeatures, 1], 1))])
    })
    expect(all(feed.dims, locateLinearLayers(pointwise)[0])).toThrow(/no patches/)
  })
})
