import { expect, it } from 'vitest'
import { effectiveRank as ofEngine } from '../../src-main/compression/allocation/effective-rank'
import { effectiveRank } from './effective-rank'

it.each([[[1, 1, 1]], [[4, 3, 0]], [[2]], [[5, 1e-3, 1e-9]]])('is the one of the engine for %j', (values) => {
  // The same sum in another order of operations.
  expect(effectiveRank(values)).toBeCloseTo(ofEngine(Float64Array.from(values)), 12)
})

it('is 0 for a spectrum of zeros', () => {
  expect(effectiveRank([0, 0])).toBe(0)
})
