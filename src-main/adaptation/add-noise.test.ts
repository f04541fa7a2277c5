import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { addNoise } from './add-noise'

const sound = Float32Array.from({ length: 20_000 }, (_, t) => 0.5 * Math.sin(t / 5))
const power = (samples: Float32Array) =>
  samples.reduce((sum, value) => sum + value * value, 0) / samples.length

describe('noise', () => {
  it('has the ratio to the sound that was asked for', () => {
    const noisy = addNoise(sound, { probability: 1, decibels: [12, 12] }, createPrng(1))
    const decibels = 10 * Math.log10(power(sound) / power(noisy.map((value, t) => value - sound[t]!)))
    // The power of 20,000 normal numbers is known to 1 %, 0.04 dB; three times that.
    expect(Math.abs(decibels - 12)).toBeLessThan(0.13)
  })

  it('comes as often as asked for, and leaves the others untouched', () => {
    const settings = { probability: 0.3, decibels: [10, 30] as [number, number] }
    const short = sound.subarray(0, 10)
    const untouched = Array.from({ length: 1000 }, (_, seed) => addNoise(short, settings, createPrng(seed)))
    const share = untouched.filter((samples) => samples === short).length / 1000
    // Three standard errors of a share of 0.7 among 1000.
    expect(Math.abs(share - 0.7)).toBeLessThan(0.044)
  })
})
