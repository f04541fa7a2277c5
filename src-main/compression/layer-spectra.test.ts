import { describe, expect, it } from 'vitest'
import { linearLayer } from '../../tests/helpers/linear-models'
import { layerMatrix } from './layer-matrix'
import { layerSpectra, planOf } from './layer-spectra'

const shape = { inFeatures: 3, outFeatures: 5 }
const a = linearLayer({ id: 'a', weightName: 'w', role: 'q', weightUses: 2, ...shape })
const b = linearLayer({ id: 'b', weightName: 'v', ...shape })
const c = linearLayer({ id: 'c', weightName: 'w', role: 'k', weightUses: 2, ...shape })
const singularValues = Float64Array.of(3, 2, 1)
const spectra = new Map([a, b].map((layer) => [layerMatrix(layer), { singularValues }]))

describe('layerSpectra', () => {
  it('makes one decision of layers that share a matrix', () => {
    expect(layerSpectra([a, b, c], spectra)).toEqual([
      {
        layerIds: ['a', 'c'],
        role: 'q',
        operator: 'MatMul',
        ...shape,
        singularValues,
        keepsDenseWeight: false
      },
      {
        layerIds: ['b'],
        role: 'other',
        operator: 'MatMul',
        ...shape,
        singularValues,
        keepsDenseWeight: false
      }
    ])
  })

  it('notes a weight that a layer outside the selection uses too', () => {
    expect(layerSpectra([a, b], spectra).map(({ keepsDenseWeight }) => keepsDenseWeight)).toEqual([
      true,
      false
    ])
  })

  it('keeps both orientations of one weight apart', () => {
    const turned = linearLayer({ ...c, weightLayout: 'out-in' })
    const both = new Map([...spectra, [layerMatrix(turned), { singularValues }]])
    expect(layerSpectra([a, turned], both).map(({ layerIds }) => layerIds)).toEqual([['a'], ['c']])
  })

  it('refuses a matrix without a spectrum', () => {
    expect(() => layerSpectra([a], new Map())).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})

describe('planOf', () => {
  it('gives every layer the rank of its matrix', () => {
    const decisions = layerSpectra([a, b, c], spectra)
    expect(planOf([a, b, c], decisions, [2, undefined])).toEqual([
      { layer: a, rank: 2 },
      { layer: b, rank: undefined },
      { layer: c, rank: 2 }
    ])
  })

  it('refuses a layer that nothing was decided about', () => {
    expect(() => planOf([a, b], [{ layerIds: ['a'] }], [1])).toThrow("Nothing was decided about layer 'b'.")
  })
})
