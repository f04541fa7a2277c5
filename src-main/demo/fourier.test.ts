import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { convolve, fourierTransform, inverseFourierTransform, powerOfTwoFrom } from './fourier'

const normals = (length: number, seed: number) => {
  const prng = createPrng(seed)
  return Float64Array.from({ length }, () => prng.normal())
}

describe('fourierTransform', () => {
  it.each([1, 2, 8, 64])('is the sum of its definition for %d values', (size) => {
    const real = normals(size, 1)
    const imaginary = normals(size, 2)
    const spectrum = { real: real.slice(), imaginary: imaginary.slice() }
    fourierTransform(spectrum)
    for (let k = 0; k < size; k++) {
      let re = 0
      let im = 0
      for (let n = 0; n < size; n++) {
        const angle = (-2 * Math.PI * k * n) / size
        re += real[n]! * Math.cos(angle) - imaginary[n]! * Math.sin(angle)
        im += real[n]! * Math.sin(angle) + imaginary[n]! * Math.cos(angle)
      }
      // Rounding of 64 float64 terms of size 1.
      expect(spectrum.real[k]).toBeCloseTo(re, 11)
      expect(spectrum.imaginary[k]).toBeCloseTo(im, 11)
    }
  })

  it('is undone by its inverse', () => {
    const spectrum = { real: normals(1024, 3), imaginary: normals(1024, 4) }
    fourierTransform(spectrum)
    inverseFourierTransform(spectrum)
    const expected = normals(1024, 3)
    const worst = spectrum.real.reduce((most, value, n) => Math.max(most, Math.abs(value - expected[n]!)), 0)
    // Ten stages of float64 rounding.
    expect(worst).toBeLessThan(1e-13)
  })

  it('refuses a length that is no power of two', () => {
    expect(() => {
      fourierTransform({ real: new Float64Array(6), imaginary: new Float64Array(6) })
    }).toThrow(/6 and 6 values, expected the same power of two/)
  })
})

describe('convolve', () => {
  it.each([
    [1, 1],
    [5, 3],
    [3, 17],
    [100, 29]
  ])('is the sum of products for %d and %d values', (first, second) => {
    const a = normals(first, 5)
    const b = normals(second, 6)
    const result = convolve(a, b)
    expect(result.length).toBe(first + second - 1)
    for (let n = 0; n < result.length; n++) {
      let sum = 0
      for (let m = 0; m < first; m++) sum += a[m]! * (b[n - m] ?? 0)
      // float64 rounding of sums of at most 29 products, through two transforms.
      expect(result[n]).toBeCloseTo(sum, 11)
    }
  })
})

describe('powerOfTwoFrom', () => {
  it('is the next power of two, or the number itself', () => {
    expect([1, 2, 3, 4, 1000, 1024].map(powerOfTwoFrom)).toEqual([1, 2, 4, 4, 1024, 1024])
  })
})
