import { describe, expect, it } from 'vitest'
import type { Audio } from './audio'
import { sliceAudio } from './slice-audio'

const second: Audio = {
  samples: Float32Array.from({ length: 1000 }, (_, i) => i),
  sampleRateHz: 1000,
  channelCount: 2,
  durationSeconds: 1
}

describe('sliceAudio', () => {
  it('cuts the samples between offset and offset + duration', () => {
    const part = sliceAudio(second, { offsetSeconds: 0.25, durationSeconds: 0.003 }, 'a#0.25')
    expect([...part.samples]).toEqual([250, 251, 252])
    expect(part).toMatchObject({ sampleRateHz: 1000, channelCount: 2, durationSeconds: 0.003 })
  })

  it('forgives an end one millisecond past the recording', () => {
    const part = sliceAudio(second, { offsetSeconds: 0.999, durationSeconds: 0.002 }, 'a')
    expect([...part.samples]).toEqual([999])
  })

  it('goes to the end without a duration', () => {
    expect(sliceAudio(second, { offsetSeconds: 0.998 }, 'a').samples).toHaveLength(2)
  })

  it.each([
    ['ends later', { offsetSeconds: 0.5, durationSeconds: 0.502 }],
    ['begins at the end, with no duration', { offsetSeconds: 1 }],
    ['begins after the end', { offsetSeconds: 1, durationSeconds: 0.001 }],
    ['is shorter than half a sample', { offsetSeconds: 0, durationSeconds: 0.0004 }],
    ['begins before the start', { offsetSeconds: -0.1, durationSeconds: 0.5 }]
  ])('refuses a segment that %s', (_, segment) => {
    expect(() => sliceAudio(second, segment, 'a#1')).toThrow(
      /^'a#1' asks for .* but its recording has 1 s\.$/
    )
  })
})
