import { describe, expect, it } from 'vitest'
import { reverberate, roomImpulseResponse, type Room } from './reverberation'

const sampleRateHz = 16_000
const room = (changes: Partial<Room> = {}): Room => ({
  reverberationSeconds: 0.3,
  directToReverberantDecibels: 6,
  seed: 1,
  ...changes
})

/**
 * RT60 from an impulse response by Schroeder's backward integration: a line through the energy decay between -5 and -25 dB,
 * continued to -60 dB. Source: M. R. Schroeder, "New method of measuring reverberation time", 1965; ISO 3382 (T20).
 */
function reverberationTime(response: Float64Array): number {
  const remaining = new Float64Array(response.length)
  let energy = 0
  for (let n = response.length - 1; n >= 0; n--) {
    energy += response[n]! ** 2
    remaining[n] = energy
  }
  const points: [number, number][] = []
  remaining.forEach((value, n) => {
    const decibels = 10 * Math.log10(value / energy)
    if (decibels <= -5 && decibels >= -25) points.push([n / sampleRateHz, decibels])
  })
  const meanTime = points.reduce((sum, [time]) => sum + time, 0) / points.length
  const meanLevel = points.reduce((sum, [, level]) => sum + level, 0) / points.length
  const covariance = points.reduce((sum, [time, level]) => sum + (time - meanTime) * (level - meanLevel), 0)
  const variance = points.reduce((sum, [time]) => sum + (time - meanTime) ** 2, 0)
  return (-60 * variance) / covariance
}

describe('roomImpulseResponse', () => {
  it.each([0.1, 0.2, 0.35, 0.5])('decays by 60 dB in %d s, by backward integration', (seconds) => {
    const times = Array.from({ length: 20 }, (_, seed) => {
      const response = roomImpulseResponse(room({ reverberationSeconds: seconds, seed }), sampleRateHz)
      // Past the direct sound and the early reflections, which are no part of the decay.
      return reverberationTime(response.subarray(Math.round(0.031 * sampleRateHz)))
    })
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length
    // What is past -60 dB is cut, and after 31 ms of 0.1 s only 41 dB are left: both shorten the fit by a few percent.
    expect(mean / seconds).toBeGreaterThan(0.9)
    expect(mean / seconds).toBeLessThan(1.05)
  })

  it.each([0, 6, 15])('has the direct sound %d dB above all else', (directToReverberantDecibels) => {
    const response = roomImpulseResponse(room({ directToReverberantDecibels }), sampleRateHz)
    const rest = response.subarray(1).reduce((sum, value) => sum + value * value, 0)
    expect(response[0]).toBe(1)
    // The ratio is set exactly; only rounding is left.
    expect(-10 * Math.log10(rest)).toBeCloseTo(directToReverberantDecibels, 9)
  })

  it('is silent until the first reflection', () => {
    const response = roomImpulseResponse(room(), sampleRateHz)
    expect(response.subarray(1, Math.floor(0.002 * sampleRateHz)).every((value) => value === 0)).toBe(true)
  })

  it('depends on the seed', () => {
    expect(roomImpulseResponse(room(), sampleRateHz)).toEqual(roomImpulseResponse(room(), sampleRateHz))
    expect(roomImpulseResponse(room(), sampleRateHz)).not.toEqual(
      roomImpulseResponse(room({ seed: 2 }), sampleRateHz)
    )
  })
})

describe('reverberate', () => {
  it('answers an impulse with the response of the room', () => {
    const response = roomImpulseResponse(room(), sampleRateHz)
    const heard = reverberate(Float32Array.of(0, 1), room(), sampleRateHz)
    expect(heard.length).toBe(response.length + 1)
    const worst = response.reduce((most, value, n) => Math.max(most, Math.abs(heard[n + 1]! - value)), 0)
    // Rounding of a float64 transform of 8192 values.
    expect(worst).toBeLessThan(1e-12)
  })
})
