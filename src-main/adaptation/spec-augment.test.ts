import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { specAugment } from './spec-augment'

const [bins, frames] = [20, 50]
const settings = { frequencyMasks: 1, frequencyBins: 6, timeMasks: 2, timeFrames: 30, timeShare: 0.1 }
const prng = createPrng(1)
const features = Float32Array.from({ length: bins * frames }, () => prng.normal())
const mean = Math.fround(features.reduce((sum, value) => sum + value, 0) / features.length)

describe.each([
  ['bins first', 2, [1, bins, frames]],
  ['frames first', 1, [1, frames, bins]]
] as const)('SpecAugment on features with %s', (_, timeAxis, dims) => {
  const at = (values: Float32Array, bin: number, frame: number) =>
    values[timeAxis === 2 ? bin * frames + frame : frame * bins + bin]!

  it('masks whole bands and stretches of no more than their widths, and nothing else', () => {
    let masks = 0
    for (let seed = 0; seed < 40; seed++) {
      const masked = specAugment(features, { dims, timeAxis }, settings, createPrng(seed))
      const isMasked = (bin: number, frame: number) => at(masked, bin, frame) === mean
      const rows = Array.from({ length: bins }, (_, bin) => bin).filter((bin) =>
        Array.from({ length: frames }).every((_, frame) => isMasked(bin, frame))
      )
      const columns = Array.from({ length: frames }, (_, frame) => frame).filter((frame) =>
        Array.from({ length: bins }).every((_, bin) => isMasked(bin, frame))
      )
      expect(rows.length).toBeLessThanOrEqual(settings.frequencyBins)
      // Two masks of at most a tenth of 50 frames.
      expect(columns.length).toBeLessThanOrEqual(10)
      masks += rows.length + columns.length
      for (let bin = 0; bin < bins; bin++) {
        for (let frame = 0; frame < frames; frame++) {
          const expected = rows.includes(bin) || columns.includes(frame) ? mean : at(features, bin, frame)
          expect(at(masked, bin, frame)).toBe(expected)
        }
      }
    }
    expect(masks).toBeGreaterThan(100)
  })

  it('does the same for the same draw and leaves its input alone', () => {
    const before = Float32Array.from(features)
    const masked = () => specAugment(features, { dims, timeAxis }, settings, createPrng(9))
    expect(masked()).toEqual(masked())
    expect(features).toEqual(before)
  })
})
