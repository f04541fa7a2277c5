import { encodeWav, wavHeaderBytes } from '@contract/wav'
import { describe, expect, it } from 'vitest'
import { decodeSynthesized, demoSampleRateHz, renderUtterance } from './render-utterance'
import { planSpeech } from './speech-plan'

const planned = planSpeech('development', 1, 1)[0]!

/** A tone of 0.5 s between two silences of 0.2 s, at espeak-ng's rate. */
const tone = Float32Array.from({ length: 19_845 }, (_, n) =>
  n < 4410 || n >= 4410 + 11_025 ? 0 : 0.5 * Math.sin(n / 8)
)
const spoken = decodeSynthesized(encodeWav(tone, 22_050), 'tone')

describe('decodeSynthesized', () => {
  it('reads a WAV file whose header claims another length', () => {
    const bytes = encodeWav(tone, 22_050)
    new DataView(bytes.buffer).setUint32(40, 0x7fff_f000, true)
    const audio = decodeSynthesized(bytes, 'tone')
    expect(audio.sampleRateHz).toBe(22_050)
    expect(audio.samples.length).toBe(tone.length)
  })

  it('refuses a file without sound', () => {
    const bytes = encodeWav(tone, 22_050).slice(0, wavHeaderBytes)
    expect(() => decodeSynthesized(bytes, 'a-1')).toThrow(/returned 44 bytes for 'a-1'/)
  })
})

describe('renderUtterance', () => {
  it('lasts as long as lead, words and tail', async () => {
    const samples = await renderUtterance(spoken, planned)
    const seconds = planned.leadSeconds + 0.5 + planned.tailSeconds
    // The edges of the tone ring a little after resampling.
    expect(Math.abs(samples.length / demoSampleRateHz - seconds)).toBeLessThan(0.005)
  })

  it('peaks at its level, on a grid of 12 bits, without clipping', async () => {
    const samples = await renderUtterance(spoken, { ...planned, peakDecibels: -6 })
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    // Half a step of 2^-11 at this level is 0.004 dB.
    expect(Math.abs(20 * Math.log10(peak) + 6)).toBeLessThan(0.005)
    expect(samples.every((sample) => Number.isInteger(sample * 2048))).toBe(true)
  })

  it('is the same again', async () => {
    expect(await renderUtterance(spoken, planned)).toEqual(await renderUtterance(spoken, planned))
  })

  it('refuses silence', async () => {
    const silence = { ...spoken, samples: new Float32Array(22_050) }
    await expect(renderUtterance(silence, planned)).rejects.toThrow(/said nothing for 'development\/0001'/)
  })
})
