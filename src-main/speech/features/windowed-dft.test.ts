import { describe, expect, it } from 'vitest'
import { frameDft, hannWindow } from './windowed-dft'

/** Under a periodic Hann window as long as the transform. */
const windowedDft = (fftLength: number) => frameDft({ window: hannWindow(fftLength, fftLength), fftLength })

describe('frameDft', () => {
  it('is the windowed transform of length 4, spelled out', () => {
    // Hann [0, 1/2, 1, 1/2]; columns cos 0, cos π/2·t, cos π·t, then the negative sines.
    const expected = [
      [0, 0, 0, 0, 0, 0],
      [0.5, 0, -0.5, 0, -0.5, 0],
      [1, -1, 1, 0, 0, 0],
      [0.5, 0, -0.5, 0, 0.5, 0]
    ].flat()
    const matrix = windowedDft(4)
    // The sine of a rounded multiple of π is off by up to 2.5e-16.
    expected.forEach((value, index) => expect(Math.abs(matrix[index]! - value)).toBeLessThan(1e-15))
    expect(matrix).toHaveLength(expected.length)
  })

  it('keeps the energy of a windowed frame (Parseval) at length 400', () => {
    const frame = Array.from({ length: 400 }, (_, t) => ((t * 7919) % 1000) / 500 - 1)
    const matrix = windowedDft(400)
    let energy = 0
    for (let column = 0; column < 402; column++) {
      let sum = 0
      frame.forEach((value, t) => (sum += value * matrix[t * 402 + column]!))
      // Every frequency stands for its conjugate too, except 0 and the highest.
      energy += sum * sum * (column % 201 === 0 || column % 201 === 200 ? 1 : 2)
    }
    const expected = frame.reduce(
      (sum, value, t) => sum + (value * Math.sin((Math.PI * t) / 400) ** 2) ** 2 * 400,
      0
    )
    // 400 terms in float64.
    expect(Math.abs(energy / expected - 1)).toBeLessThan(1e-12)
  })
})
