import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Audio } from './audio'
import { resampleAudio, resamplerName } from './resample'

const amplitude = 0.5
const toneAt = (index: number, rateHz: number, hertz: number) =>
  amplitude * Math.sin((2 * Math.PI * hertz * index) / rateHz + 0.3)

function tone(sampleRateHz: number, length: number, hertz: number): Audio {
  const samples = Float32Array.from({ length }, (_, index) => toneAt(index, sampleRateHz, hertz))
  return { samples, sampleRateHz, channelCount: 2, durationSeconds: length / sampleRateHz }
}

/** Power of (samples - expected tone) over the tone's power, in dB, without `margin` samples at either end. */
function errorDecibels({ samples, sampleRateHz }: Audio, hertz: number | undefined, margin: number): number {
  const inner = samples.subarray(margin, samples.length - margin)
  const squares = inner.reduce((sum, sample, index) => {
    const expected = hertz === undefined ? 0 : toneAt(index + margin, sampleRateHz, hertz)
    return sum + (sample - expected) ** 2
  }, 0)
  return 10 * Math.log10(squares / inner.length / (amplitude ** 2 / 2))
}

/** The sinc kernel reaches about 150 samples of the lower rate to either side; at the ends the sound breaks off. */
const margin = (fromHz: number, toHz: number) => Math.ceil(200 * Math.max(1, toHz / fromHz))

describe('resampleAudio', () => {
  const rates: [number, number][] = [
    [48000, 16000],
    [44100, 16000],
    [22050, 16000],
    [8000, 16000],
    [16000, 8000],
    [16000, 44100]
  ]

  it.each(rates)(
    'keeps a tone up to 0.93 of the lower Nyquist frequency, %i to %i Hz',
    async (fromHz, toHz) => {
      for (const fraction of [0.01, 0.5, 0.93]) {
        const hertz = (fraction * Math.min(fromHz, toHz)) / 2
        const result = await resampleAudio(tone(fromHz, fromHz / 2, hertz), toHz)
        // Measured -130 to -154 dB. Delay, gain and images all count as error here; 16-bit sound has -98 dB.
        expect(errorDecibels(result, hertz, margin(fromHz, toHz))).toBeLessThan(-120)
      }
    }
  )

  it.each(rates.filter(([fromHz, toHz]) => fromHz > toHz))(
    'suppresses what would be heard as another tone, %i to %i Hz',
    async (fromHz, toHz) => {
      for (const hertz of [toHz / 2, (toHz / 2) * 1.05, (toHz / 2 + fromHz / 2) / 2]) {
        const result = await resampleAudio(tone(fromHz, fromHz / 2, hertz), toHz)
        expect(errorDecibels(result, undefined, margin(fromHz, toHz))).toBeLessThan(-120)
      }
    }
  )

  it('keeps a constant level', async () => {
    const samples = new Float32Array(8000).fill(0.25)
    const result = await resampleAudio({ ...tone(8000, 0, 1), samples }, 16000)
    const inner = result.samples.subarray(400, -400)
    expect(Math.max(...inner.map((sample) => Math.abs(sample - 0.25)))).toBeLessThan(1e-6)
  })

  it.each([
    [48000, 16000, 1, 1],
    [48000, 16000, 3, 1],
    [48000, 16000, 4, 2],
    [48000, 16000, 48001, 16001],
    [44100, 16000, 441, 160],
    [44100, 16000, 442, 161],
    [8000, 16000, 7, 14],
    [16000, 44100, 160, 441],
    [16000, 44100, 161, 444]
  ])(
    'covers every instant of the recording: %i to %i Hz, %i samples become %i',
    async (fromHz, toHz, from, to) => {
      const result = await resampleAudio(tone(fromHz, from, 300), toHz)
      expect(result.samples).toHaveLength(to)
      expect(result.durationSeconds).toBe(to / toHz)
    }
  )

  it('goes on without a seam past what the library takes at once, up to the end', async () => {
    const length = 1_100_000
    const result = await resampleAudio(tone(48000, length, 1000), 16000)
    expect(result.samples).toHaveLength(Math.ceil(length / 3))
    expect(errorDecibels(result, 1000, 200)).toBeLessThan(-120)
    const last = result.samples.subarray(-200, -100).map((sample, index) => {
      return sample - toneAt(result.samples.length - 200 + index, 16000, 1000)
    })
    expect(Math.max(...last.map(Math.abs))).toBeLessThan(1e-3)
  })

  it('reads a view into a larger recording', async () => {
    const whole = tone(48000, 6000, 700)
    const view = { ...whole, samples: whole.samples.subarray(999, 3999) }
    const copy = { ...whole, samples: whole.samples.slice(999, 3999) }
    expect((await resampleAudio(view, 16000)).samples).toEqual((await resampleAudio(copy, 16000)).samples)
  })

  it('says what it did and leaves the source alone', async () => {
    const source = tone(44100, 4410, 700)
    const before = source.samples.slice()
    const result = await resampleAudio(source, 16000)
    expect(source.samples).toEqual(before)
    expect(result).toMatchObject({
      sampleRateHz: 16000,
      channelCount: 2,
      resampledFrom: { sampleRateHz: 44100, resampler: resamplerName }
    })
    expect((await resampleAudio(result, 8000)).resampledFrom?.sampleRateHz).toBe(44100)
  })

  it('does nothing when the rate is right already', async () => {
    const source = tone(16000, 100, 700)
    expect(await resampleAudio(source, 16000)).toBe(source)
    expect(source.resampledFrom).toBeUndefined()
  })

  it.each([0, -16000, 16000.5, 200_000, NaN, 100])('refuses %d Hz', async (toHz) => {
    await expect(resampleAudio(tone(48000, 10, 1), toHz)).rejects.toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining('cannot be resampled') as string
      }) as Error
    )
  })

  it('names the version that is installed', () => {
    const manifest = fileURLToPath(
      new URL('../../../node_modules/@alexanderolsen/libsamplerate-js/package.json', import.meta.url)
    )
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    expect(resamplerName).toBe(`libsamplerate-js ${version}, sinc best quality`)
  })
})
