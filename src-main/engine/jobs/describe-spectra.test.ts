import { describe, expect, it } from 'vitest'
import { linearLayer } from '../../../tests/helpers/linear-models'
import { layerMatrix } from '../../compression/layer-matrix'
import { describeSpectra, listedValues, spectrumCurve } from './describe-spectra'

describe('spectrumCurve', () => {
  it('lists a short spectrum whole', () => {
    const curve = spectrumCurve(Float64Array.of(4, 3, 0))
    expect(curve).toMatchObject({ indices: [0, 1, 2], singularValues: [4, 3, 0], length: 3, energy: 25 })
    // 9 of 25, and nothing.
    expect(curve.discardedShares).toEqual([1, 9 / 25, 0])
    // By its definition, in another order of operations.
    expect(curve.effectiveRank).toBeCloseTo(0.64 ** -0.64 * 0.36 ** -0.36, 12)
  })

  it('thins out a long one, keeps its ends, and says what all of it is', () => {
    const values = Float64Array.from({ length: 1536 }, (_, index) => 1536 - index)
    const { indices, singularValues, length, energy } = spectrumCurve(values)
    expect(indices).toHaveLength(listedValues)
    expect(new Set(indices).size).toBe(listedValues)
    expect([indices[0], indices.at(-1), length]).toEqual([0, 1535, 1536])
    expect(singularValues).toEqual(indices.map((index) => 1536 - index))
    // Σ i² for i up to n = n (n + 1) (2n + 1) / 6, a whole number below 2^53.
    expect(energy).toBe((1536 * 1537 * 3073) / 6)
  })

  it('copes with one value and with none of any size', () => {
    expect(spectrumCurve(Float64Array.of(2))).toMatchObject({ indices: [0], effectiveRank: 1 })
    expect(spectrumCurve(Float64Array.of(0, 0)).discardedShares).toEqual([0, 0])
  })
})

describe('describeSpectra', () => {
  const sizes = { inFeatures: 2, outFeatures: 3 }
  const layers = [
    linearLayer({ id: 'a', weightName: 'w', role: 'q', blockIndex: 4, ...sizes }),
    linearLayer({ id: 'b', weightName: 'w', ...sizes }),
    linearLayer({ id: 'c', weightName: 'v', ...sizes })
  ]
  const plain = { singularValues: Float64Array.of(2, 1) }
  const weightSpectra = new Map([[layerMatrix(layers[0]!), plain], [layerMatrix(layers[2]!), plain]]) // prettier-ignore

  it('has one entry per matrix, with the outputs beside the weight where they are known', () => {
    const spectra = new Map([[layerMatrix(layers[0]!), { singularValues: Float64Array.of(5, 0) }]])
    const described = describeSpectra({
      modelHash: 'm',
      layers,
      weightSpectra,
      calibrated: { calibrationHash: 'c', spectra }
    })
    expect(described).toMatchObject({ modelHash: 'm', calibrationHash: 'c' })
    expect(described.matrices.map(({ layerIds }) => layerIds)).toEqual([['a', 'b'], ['c']])
    expect(described.matrices[0]).toMatchObject({
      role: 'q',
      blockIndex: 4,
      breakEvenRank: 1,
      weight: { energy: 5 }
    })
    expect(described.matrices.map((matrix) => matrix.activationWeighted?.energy)).toEqual([25, undefined])
    expect(describeSpectra({ modelHash: 'm', layers, weightSpectra }).calibrationHash).toBeNull()
  })

  it('refuses a matrix without a spectrum', () => {
    expect(() => describeSpectra({ modelHash: 'm', layers, weightSpectra: new Map() })).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})
