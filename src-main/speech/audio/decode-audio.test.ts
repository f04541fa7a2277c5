import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WorkbenchError } from '@contract/errors'
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest'
import { decodeAudio } from './decode-audio'

interface WavOptions {
  format?: number
  channels?: number
  bits?: number
  rate?: number
  data: Uint8Array
  declaredBytes?: number
}

/** A WAV file written by hand from the RIFF definition, as an oracle that shares no code with the decoder. */
function wavFile({
  format = 1,
  channels = 1,
  bits = 16,
  rate = 16000,
  data,
  declaredBytes
}: WavOptions): Uint8Array {
  const bytes = new Uint8Array(44 + data.length + (data.length % 2))
  const view = new DataView(bytes.buffer)
  const text = (offset: number, value: string) => bytes.set(new TextEncoder().encode(value), offset)
  text(0, 'RIFF')
  view.setUint32(4, bytes.length - 8, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, format, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, (rate * channels * bits) / 8, true)
  view.setUint16(32, (channels * bits) / 8, true)
  view.setUint16(34, bits, true)
  text(36, 'data')
  view.setUint32(40, declaredBytes ?? data.length, true)
  bytes.set(data, 44)
  return bytes
}

const bytesOf = (values: ArrayBufferView) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

const fixture = (name: string) =>
  new Uint8Array(
    readFileSync(fileURLToPath(new URL(`../../../tests/fixtures/speech/${name}`, import.meta.url)))
  )

/** The ramp of tests/fixtures/speech/generate.py. */
const triangle = (i: number, step: number, period: number) => ((i * step) % period) - Math.floor(period / 2)

async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await decodeAudio(bytes, 'sound.bin').catch((reason: unknown) => reason)
  if (!(error instanceof WorkbenchError)) throw new Error('expected a refusal')
  expect(error.code).toBe('invalid-input')
  return error.message
}

// The FLAC decoder writes to the console by itself; nothing of that may reach a user's terminal.
let spies: MockInstance[] = []
beforeEach(() => {
  spies = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')]
})
afterEach(() => {
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

describe('decodeAudio, WAV', () => {
  it('scales 16-bit samples by 1 / 32768', async () => {
    const data = bytesOf(Int16Array.of(0, 1, -1, 32767, -32768))
    const audio = await decodeAudio(wavFile({ data }), 'a.wav')
    expect([...audio.samples]).toEqual([0, 1 / 32768, -1 / 32768, 32767 / 32768, -1])
    expect(audio).toMatchObject({ sampleRateHz: 16000, channelCount: 1, durationSeconds: 5 / 16000 })
  })

  it('centres unsigned 8-bit samples on 128 and leaves the padding byte of an odd chunk out', async () => {
    const audio = await decodeAudio(wavFile({ bits: 8, data: Uint8Array.of(128, 0, 255) }), 'a.wav')
    expect([...audio.samples]).toEqual([0, -1, 127 / 128])
  })

  it('reads 24-bit samples with their sign', async () => {
    const data = Uint8Array.of(0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)
    const audio = await decodeAudio(wavFile({ bits: 24, data }), 'a.wav')
    expect([...audio.samples]).toEqual([-1, -(2 ** -23), 1 - 2 ** -23])
  })

  it('reads 32-bit integers', async () => {
    const data = bytesOf(Int32Array.of(-(2 ** 31), 2 ** 30))
    expect([...(await decodeAudio(wavFile({ bits: 32, data }), 'a.wav')).samples]).toEqual([-1, 0.5])
  })

  it('passes 32-bit floats on unscaled', async () => {
    const values = Float32Array.of(0.1, -1.25, 1e-20)
    const audio = await decodeAudio(wavFile({ format: 3, bits: 32, data: bytesOf(values) }), 'a.wav')
    expect(audio.samples).toEqual(values)
  })

  it('passes 64-bit floats on unscaled', async () => {
    const data = bytesOf(Float64Array.of(0.5, -0.25))
    const audio = await decodeAudio(wavFile({ format: 3, bits: 64, data }), 'a.wav')
    expect([...audio.samples]).toEqual([0.5, -0.25])
  })

  it('averages stereo to mono and records the channels of the source', async () => {
    const data = bytesOf(Int16Array.of(1000, 3000, -2, 0))
    const audio = await decodeAudio(wavFile({ channels: 2, rate: 44100, data }), 'a.wav')
    expect([...audio.samples]).toEqual([2000 / 32768, -1 / 32768])
    expect(audio).toMatchObject({ channelCount: 2, sampleRateHz: 44100, durationSeconds: 2 / 44100 })
  })

  it('reads a file that lies inside a larger buffer', async () => {
    const file = wavFile({ data: bytesOf(Int16Array.of(7, 8)) })
    const large = new Uint8Array(file.length + 20)
    large.set(file, 11)
    const audio = await decodeAudio(large.subarray(11, 11 + file.length), 'a.wav')
    expect([...audio.samples]).toEqual([7 / 32768, 8 / 32768])
  })

  it('refuses a file that is shorter than its header promises', async () => {
    const data = bytesOf(new Int16Array(4))
    expect(await refusal(wavFile({ data, declaredBytes: 4000 }))).toBe(
      "'sound.bin' is cut off: its header promises 4000 bytes of sound in frames of 2, got 8."
    )
  })

  it('refuses every cut of a good file', async () => {
    const file = wavFile({ data: bytesOf(new Int16Array(4)) })
    for (let length = 0; length < file.length; length++) await refusal(file.subarray(0, length))
  })

  it('refuses a file without samples', async () => {
    expect(await refusal(wavFile({ data: new Uint8Array(0) }))).toMatch(/holds no samples/)
  })

  it('refuses compressed sound, naming the format', async () => {
    const data = new Uint8Array(4)
    expect(await refusal(wavFile({ format: 7, bits: 8, data }))).toMatch(
      /WAV format 7 with 8 bits, expected PCM/
    )
  })

  it('refuses a frame size that contradicts the format', async () => {
    const file = wavFile({ data: new Uint8Array(4) })
    new DataView(file.buffer).setUint16(32, 3, true)
    expect(await refusal(file)).toMatch(/inconsistent WAV header/)
  })

  it('refuses samples that are not finite, naming the first', async () => {
    const data = bytesOf(Float32Array.of(0, NaN))
    expect(await refusal(wavFile({ format: 3, bits: 32, data }))).toMatch(/holds NaN at sample 1/)
  })
})

describe('decodeAudio, FLAC', () => {
  it('decodes 16-bit stereo to the exact average of its channels', async () => {
    const audio = await decodeAudio(fixture('ramps-stereo-16.flac'), 'a.flac')
    const expected = Array.from({ length: 2000 }, (_, i) =>
      Math.fround((triangle(i, 37, 60001) + triangle(i, 53, 65536)) / 2 / 32768)
    )
    expect([...audio.samples]).toEqual(expected)
    expect(audio).toMatchObject({ sampleRateHz: 16000, channelCount: 2, durationSeconds: 2000 / 16000 })
  })

  it('decodes 24-bit mono with its full depth', async () => {
    const audio = await decodeAudio(fixture('ramp-mono-24.flac'), 'a.flac')
    const expected = Array.from({ length: 2000 }, (_, i) => triangle(i, 9973, 2 ** 24) / 2 ** 23)
    expect([...audio.samples]).toEqual(expected)
    expect(audio.channelCount).toBe(1)
  })

  it('keeps a last frame of a few bytes', async () => {
    const audio = await decodeAudio(fixture('silent-end-16.flac'), 'a.flac')
    const expected = Array.from({ length: 1124 }, (_, i) => (i < 1024 ? triangle(i, 37, 60001) / 32768 : 0))
    expect([...audio.samples]).toEqual(expected)
  })

  it('takes a stream that does not say how long it is as far as it decodes', async () => {
    const file = fixture('ramps-stereo-16.flac')
    // The last 36 bits of STREAMINFO's first 18 bytes are the number of samples.
    file[21]! &= 0xf0
    file.fill(0, 22, 26)
    expect((await decodeAudio(file, 'a.flac')).samples).toHaveLength(2000)
  })

  it('refuses every tenth cut of a good file', async () => {
    const file = fixture('ramps-stereo-16.flac')
    for (let length = 1; length < file.length; length += 10) await refusal(file.subarray(0, length))
  })

  it('refuses a file with one damaged frame', async () => {
    const file = fixture('ramps-stereo-16.flac')
    file[file.length - 20]! ^= 0xff
    expect(await refusal(file)).toMatch(/damaged or cut off: its header promises 2000 samples of 2 channels/)
  })
})

describe('decodeAudio, other files', () => {
  it('refuses an empty file', async () => {
    expect(await refusal(new Uint8Array(0))).toBe(
      "'sound.bin' is empty, expected WAV, FLAC, MP3, Ogg Vorbis or Ogg Opus."
    )
  })

  it('refuses an unknown format, showing how it begins', async () => {
    expect(await refusal(new TextEncoder().encode('caff and so on'))).toBe(
      "'sound.bin' is not WAV, FLAC, MP3, Ogg Vorbis or Ogg Opus (it begins with 63 61 66 66); convert it to one of them."
    )
  })
})
