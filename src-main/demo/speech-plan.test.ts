import { describe, expect, it } from 'vitest'
import { demoParts } from '@contract/demo-speech'
import { partSettings, planSpeech } from './speech-plan'

describe('planSpeech', () => {
  it.each(demoParts)('plans the %s set within its settings', (part) => {
    const plan = planSpeech(part, 1)
    const { utterances, signalToNoiseDecibels } = partSettings[part]
    expect(plan.length).toBe(utterances)
    expect(new Set(plan.map(({ id }) => id)).size).toBe(utterances)
    const ratios = plan.map(({ noise }) => noise.signalToNoiseDecibels)
    const [lowest, highest] = signalToNoiseDecibels
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(lowest)
    expect(Math.max(...ratios)).toBeLessThanOrEqual(highest)
    // Uniform: the mean of n draws lies within four of its standard deviations.
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / utterances
    expect(Math.abs(mean - (lowest + highest) / 2)).toBeLessThan(
      (4 * (highest - lowest)) / Math.sqrt(12 * utterances)
    )
    for (const { room, peakDecibels } of plan) {
      expect(room.reverberationSeconds).toBeGreaterThanOrEqual(0.1)
      expect(room.reverberationSeconds).toBeLessThanOrEqual(0.5)
      expect(peakDecibels).toBeLessThan(0)
    }
  })

  it('has at least 1500 words to evaluate', () => {
    const words = planSpeech('evaluation', 1).flatMap(({ text }) => text.split(' '))
    expect(words.length).toBeGreaterThanOrEqual(1500)
  })

  it('gives no two utterances of all parts the same room and noise', () => {
    const seeds = demoParts.flatMap((part) =>
      planSpeech(part, 1).map(({ room, noise }) => `${room.seed} ${noise.seed}`)
    )
    expect(new Set(seeds).size).toBe(seeds.length)
  })

  it('gives the same plan for the same seed, another for another, and a beginning of it when asked for less', () => {
    const plan = planSpeech('development', 1)
    expect(planSpeech('development', 1)).toEqual(plan)
    expect(planSpeech('development', 1, 5)).toEqual(plan.slice(0, 5))
    expect(planSpeech('development', 2)).not.toEqual(plan)
  })
})
