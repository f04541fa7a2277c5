import { describe, expect, it } from 'vitest'
import { summarizeLatency, type UtteranceTiming } from './latency'

function timings(milliseconds: readonly number[], audioSeconds = 2): UtteranceTiming[] {
  return milliseconds.map((processingMilliseconds) => ({ processingMilliseconds, audioSeconds }))
}

describe('summarizeLatency', () => {
  it('leaves the warm-up out of everything but the first run, and says how much it left out', () => {
    const summary = summarizeLatency(timings([900, 500, 40, 10, 30, 20, 50]), 2)
    expect(summary).toEqual({
      latencyMilliseconds: { p50: 30, p95: expect.any(Number) as number, mean: 30, firstRun: 900 },
      realTimeFactor: 0.15 / 10,
      warmupUtterances: 2,
      measuredUtterances: 5,
      audioSeconds: 10
    })
    // Linear interpolation at position 3.8 of 10, 20, 30, 40, 50; float64 rounding of one product.
    expect(summary.latencyMilliseconds.p95).toBeCloseTo(48, 12)
  })

  it('divides summed seconds, so that long utterances weigh by their audio', () => {
    const { realTimeFactor } = summarizeLatency(
      [
        { processingMilliseconds: 1000, audioSeconds: 1 },
        { processingMilliseconds: 1000, audioSeconds: 9 }
      ],
      0
    )
    // The mean of the two factors would be 0.5556.
    expect(realTimeFactor).toBe(0.2)
  })

  it('does not depend on the order of the measured utterances', () => {
    const forwards = summarizeLatency(timings([7, 1, 9, 4, 12]), 1)
    const backwards = summarizeLatency(timings([7, 12, 4, 9, 1]), 1)
    expect(backwards).toEqual(forwards)
  })

  it.each([
    ['no utterances', [], 0],
    ['only warm-up', timings([1, 2]), 2],
    ['no audio', timings([1, 2], 0), 0]
  ])('refuses %s', (_, records, warmup) => {
    expect(() => summarizeLatency(records, warmup)).toThrow(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })

  it.each([NaN, -1, Infinity])('refuses a duration of %d', (duration) => {
    expect(() => summarizeLatency(timings([duration]), 0)).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})
