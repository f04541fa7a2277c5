import { describe, expect, it } from 'vitest'
import { changeSpeed } from './change-speed'

const tone = (samples: number, cyclesPerSample: number) =>
  Float32Array.from({ length: samples }, (_, t) => Math.sin(2 * Math.PI * cyclesPerSample * t))

describe('a change of speed', () => {
  it.each([
    [0.9, 0.2],
    [1.1, 0.2],
    [1.1, 0.4]
  ])(
    'by %d makes a tone of %d cycles per sample that much higher, and the sound shorter',
    (speed, frequency) => {
      const changed = changeSpeed(tone(2000, frequency), speed)
      expect(changed.length).toBe(Math.round(2000 / speed))
      const expected = tone(changed.length, frequency * speed)
      // Away from the ends, where the kernel would reach outside; 0.008 of the amplitude is -42 dB.
      for (let t = 40; t < changed.length - 40; t++)
        expect(Math.abs(changed[t]! - expected[t]!)).toBeLessThan(0.008)
    }
  )

  it('suppresses what would be folded back', () => {
    const changed = changeSpeed(tone(2000, 0.49), 1.25)
    expect(Math.max(...changed.subarray(60, -60).map(Math.abs))).toBeLessThan(0.01)
  })

  it('leaves the sound alone at speed 1', () => {
    const samples = tone(10, 0.1)
    expect(changeSpeed(samples, 1)).toBe(samples)
  })
})
