import { describe, expect, it } from 'vitest'
import { wavePeaks } from './wave-peaks'

describe('the outline of a sound', () => {
  it('has the lowest and highest sample of each stretch', () => {
    expect([...wavePeaks(Float32Array.of(0, 0.5, -0.25, 1, -1, 0), 3)]).toEqual([0, 0.5, -0.25, 1, -1, 0])
  })

  it('covers all samples when they do not divide evenly', () => {
    expect([...wavePeaks(Float32Array.of(0.5, 0, 0, 0, -0.5), 2)]).toEqual([0, 0.5, -0.5, 0])
  })

  it('has no holes when there are fewer samples than stretches', () => {
    expect([...wavePeaks(Float32Array.of(0.25, 0.5), 4)]).toEqual([
      0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5
    ])
  })

  it('is flat without samples', () => {
    expect([...wavePeaks(new Float32Array(), 2)]).toEqual([0, 0, 0, 0])
  })
})
