import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { fourierTransform } from './fourier'
import { colouredNoise, meanPower, noiseColours, withNoise, type NoiseColour } from './noise'

const sampleRateHz = 16_000

/** Mean power per bin in the octave that ends at `hz`, in dB, over 2^18 samples. */
function octaveLevel(noise: Float64Array, hz: number): number {
  const spectrum = { real: noise.slice(), imaginary: new Float64Array(noise.length) }
  fourierTransform(spectrum)
  const bin = (frequency: number) => Math.round((frequency * noise.length) / sampleRateHz)
  let power = 0
  for (let k = bin(hz / 2); k < bin(hz); k++) power += spectrum.real[k]! ** 2 + spectrum.imaginary[k]! ** 2
  return 10 * Math.log10(power / (bin(hz) - bin(hz / 2)))
}

const longNoise = (colour: NoiseColour) => colouredNoise({ colour, seed: 7 }, 2 ** 18, sampleRateHz)

describe('colouredNoise', () => {
  it.each([
    ['white', 0],
    ['pink', 3.01],
    ['brown', 6.02]
  ] as const)('%s noise falls by %d dB per octave', (colour, expected) => {
    const noise = longNoise(colour)
    const levels = [500, 1000, 2000, 4000, 8000].map((hz) => octaveLevel(noise, hz))
    for (const [index, level] of levels.slice(1).entries()) {
      // Each octave averages at least 4000 bins with a relative deviation of 1: 0.07 dB; 0.4 dB is over four of them.
      expect(Math.abs(levels[index]! - level - expected)).toBeLessThan(0.4)
    }
  })

  it('babble has the spectrum of speech: flat to 500 Hz, then 9 dB per octave down', () => {
    const noise = longNoise('babble')
    const level = (hz: number) => octaveLevel(noise, hz)
    expect(Math.abs(level(250) - level(500))).toBeLessThan(1)
    expect(level(2000) - level(4000)).toBeGreaterThan(8.5)
    expect(level(2000) - level(4000)).toBeLessThan(9.5)
  })

  it('babble swells, the others are steady', () => {
    const swing = (colour: NoiseColour) => {
      const noise = longNoise(colour)
      const frame = 1600
      const powers = Array.from({ length: 160 }, (_, index) =>
        meanPower(noise.subarray(index * frame, (index + 1) * frame))
      )
      const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length
      return Math.sqrt(powers.reduce((sum, power) => sum + (power - mean) ** 2, 0) / powers.length) / mean
    }
    expect(swing('white')).toBeLessThan(0.1)
    expect(swing('babble')).toBeGreaterThan(0.3)
  })

  it.each(noiseColours)('%s has mean power 1 and depends on the seed alone', (colour) => {
    const noise = colouredNoise({ colour, seed: 3 }, 20_000, sampleRateHz)
    expect(noise.length).toBe(20_000)
    expect(meanPower(noise)).toBeCloseTo(1, 12)
    expect(colouredNoise({ colour, seed: 3 }, 20_000, sampleRateHz)).toEqual(noise)
    expect(colouredNoise({ colour, seed: 4 }, 20_000, sampleRateHz)).not.toEqual(noise)
  })
})

describe('withNoise', () => {
  it.each(noiseColours)('puts %s noise at the ratio that is asked for', (colour) => {
    const prng = createPrng(1)
    const speech = Float64Array.from({ length: 24_000 }, (_, n) => Math.sin(n / 9) * prng.uniform())
    for (const signalToNoiseDecibels of [-3, 0, 12.5, 30]) {
      const mixed = withNoise(speech, { colour, signalToNoiseDecibels, seed: 2 }, sampleRateHz)
      const noise = mixed.map((sample, n) => sample - speech[n]!)
      const measured = 10 * Math.log10(meanPower(speech) / meanPower(noise))
      expect(Math.abs(measured - signalToNoiseDecibels)).toBeLessThan(0.01)
    }
  })

  it('leaves silence silent', () => {
    const mixed = withNoise(
      new Float64Array(1000),
      { colour: 'pink', signalToNoiseDecibels: 10, seed: 1 },
      sampleRateHz
    )
    expect(mixed.every((sample) => sample === 0)).toBe(true)
  })
})
