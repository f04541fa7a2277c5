/** MP3, Vorbis and Opus against files and samples of other programs: tests/fixtures/speech/generate_compressed.py. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WorkbenchError } from '@contract/errors'
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest'
import { decodeAudio } from './decode-audio'

const readFixture = (name: string) =>
  new Uint8Array(
    readFileSync(fileURLToPath(new URL(`../../../tests/fixtures/speech/${name}`, import.meta.url)))
  )

interface CompressedCase {
  readonly file: string
  readonly sampleRateHz: number
  readonly channelCount: number
  readonly samples: number
  readonly everyNth: string
}

const { stride, cases } = JSON.parse(new TextDecoder().decode(readFixture('compressed-audio.json'))) as {
  stride: number
  cases: CompressedCase[]
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await decodeAudio(bytes, 'sound.bin').catch((reason: unknown) => reason)
  if (!(error instanceof WorkbenchError)) throw new Error('expected a refusal')
  expect(error.code).toBe('invalid-input')
  expect(error.message).toMatch(/^'sound\.bin' .*\.$/)
  return error.message
}

const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** The byte ranges of the pages of an Ogg file. */
function oggPages(file: Uint8Array): Uint8Array[] {
  const begins: number[] = []
  for (let at = 0; at >= 0; at = Buffer.from(file).indexOf('OggS', at + 1)) begins.push(at)
  return begins.map((begin, index) => file.slice(begin, begins[index + 1]))
}

/** CRC-32 of the polynomial 0x04c11db7 one bit at a time, where the reader goes by bytes and a table. */
function seal(page: Uint8Array): Uint8Array {
  page.fill(0, 22, 26)
  let remainder = 0
  for (const byte of page) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = (remainder >>> 31) ^ ((byte >> bit) & 1)
      remainder = (remainder << 1) ^ (carry === 1 ? 0x04c11db7 : 0)
    }
  }
  new DataView(page.buffer, page.byteOffset).setUint32(22, remainder >>> 0, true)
  return page
}

// The libraries write to the console by themselves; nothing of that may reach a user's terminal.
let spies: MockInstance[] = []
beforeEach(() => {
  spies = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')]
})
afterEach(() => {
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

describe.each(cases)('decodeAudio, $file', ({ file, sampleRateHz, channelCount, samples, everyNth }) => {
  const bytes = readFixture(file)

  it('gives the samples that another decoder gives, as many and at the same times', async () => {
    const audio = await decodeAudio(bytes, 'a')
    expect(audio).toMatchObject({ sampleRateHz, channelCount, durationSeconds: samples / sampleRateHz })
    expect(audio.samples).toHaveLength(samples)
    const data = Buffer.from(everyNth, 'base64')
    const expected = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length))
    // One step of 16 bits is 3e-5: oggdec writes 16 bits, and opusdec compiles libopus with other rounding.
    const errors = expected.map((value, index) => Math.abs(value - audio.samples[index * stride]!))
    expect(Math.max(...errors)).toBeLessThan(file.endsWith('.mp3') ? 2e-6 : 5e-5)
    expect(Math.max(...expected)).toBeGreaterThan(0.2)
  })

  it('decodes again after a refusal', async () => {
    await refusal(bytes.subarray(0, bytes.length / 2))
    expect((await decodeAudio(bytes, 'a')).samples).toHaveLength(samples)
  })

  it('refuses random cuts', async () => {
    for (let part = 1; part < 24; part++)
      await refusal(bytes.subarray(0, Math.floor((bytes.length * part) / 24)))
  })
})

describe('decodeAudio, MP3', () => {
  const tagged = readFixture('mono-48.mp3')
  const untagged = readFixture('untagged-16.mp3')
  const frameBytes = 144

  it('refuses a file that ends between two frames, when its header says how many there are', async () => {
    expect(await refusal(tagged.subarray(0, tagged.length - 192))).toBe(
      "'sound.bin' is damaged or cut off: its header promises 27 MP3 frames, got 26."
    )
  })

  it('takes a file without that header as far as its frames go', async () => {
    const audio = await decodeAudio(untagged.subarray(0, untagged.length - frameBytes), 'a.mp3')
    expect(audio.samples).toHaveLength((untagged.length / frameBytes) * 576 - 576)
  })

  it('leaves tags and zeros around the sound out', async () => {
    const tag = new Uint8Array(10 + 300)
    tag.set([...Buffer.from('ID3'), 4, 0, 0, 0, 0, 300 >> 7, 300 & 0x7f])
    const id3v1 = new Uint8Array(128)
    id3v1.set(Buffer.from('TAG'))
    const audio = await decodeAudio(joined(tag, new Uint8Array(7), tagged, id3v1), 'a.mp3')
    expect(audio.samples).toHaveLength(28807)
  })

  it.each([
    [
      'a lost byte between frames',
      joined(untagged.subarray(0, 500), untagged.subarray(501)),
      /damaged: expected an MP3 frame/
    ],
    [
      'a frame of another rate',
      joined(untagged, tagged),
      /at byte 2736 changes from 16000 Hz and 1 channels to 48000 Hz and 1/
    ],
    [
      'a tag and nothing more',
      new TextEncoder().encode('ID3\x04\0\0\0\0\0\x02ab'),
      /holds no MP3 frame at byte 12/
    ]
  ])('refuses %s', async (_, file, message) => {
    expect(await refusal(file)).toMatch(message)
  })

  it.each([
    ['layer II', [0xff, 0xfd, 0x54, 0xc4]],
    ['AAC', [0xff, 0xf1, 0x50, 0x80]],
    ['a free bit rate', [0xff, 0xfb, 0x04, 0xc4]]
  ])('does not take %s for MP3', async (_, header) => {
    expect(await refusal(Uint8Array.from([...header, ...new Array<number>(500).fill(0)]))).toMatch(
      /is not WAV, FLAC, MP3/
    )
  })
})

describe('decodeAudio, Ogg', () => {
  const vorbis = readFixture('stereo-44.ogg')
  const opus = readFixture('mono-48.opus')

  it('refuses a file with one flipped bit, wherever it is', async () => {
    for (let at = 0; at < opus.length; at += 61) {
      const damaged = opus.slice()
      damaged[at]! ^= 4
      await refusal(damaged)
    }
  })

  it.each([
    ['a lost page', joined(...oggPages(vorbis).toSpliced(1, 1)), /damaged: Ogg page 2 follows page 0/],
    ['a lost beginning', joined(...oggPages(vorbis).slice(1)), /lacks its beginning/],
    ['a stream after the first', joined(opus, opus), /holds more than one Ogg stream/],
    ['a stream beside the first', joined(oggPages(opus)[0]!, vorbis), /holds more than one Ogg stream/],
    ['bytes after the end', joined(opus, new Uint8Array(3)), /holds more than one Ogg stream/]
  ])('refuses %s', async (_, file, message) => {
    expect(await refusal(file)).toMatch(message)
  })

  it('refuses another codec, showing how its stream begins', async () => {
    const [first, ...rest] = oggPages(opus)
    first!.set(Buffer.from('Speex   '), 28)
    expect(await refusal(joined(seal(first!), ...rest))).toMatch(
      /neither Vorbis nor Opus in it \(its stream begins with 53 70 65 65 78 20 20 20\)/
    )
  })

  it('refuses sound that is shorter than its last page says', async () => {
    const pages = oggPages(opus)
    const last = pages.at(-1)!
    new DataView(last.buffer).setBigInt64(6, 40_000n, true)
    expect(await refusal(joined(...pages.slice(0, -1), seal(last)))).toMatch(
      /promises 39688 samples of 1 channels, got/
    )
  })

  it('applies the gain in an Opus header', async () => {
    const [first, ...rest] = oggPages(opus)
    new DataView(first!.buffer).setInt16(28 + 16, -6 * 256, true)
    const plain = await decodeAudio(opus, 'a.opus')
    const quieter = await decodeAudio(joined(seal(first!), ...rest), 'a.opus')
    const gain = Math.fround(10 ** (-6 / 20))
    // A product of float32 numbers, rounded once more than the one in float64.
    const errors = plain.samples.map((sample, t) => Math.abs(sample * gain - quieter.samples[t]!))
    expect(Math.max(...errors)).toBeLessThan(1e-7)
  })

  it('refuses an Opus version that it cannot know', async () => {
    const [first, ...rest] = oggPages(opus)
    first![28 + 8] = 16
    expect(await refusal(joined(seal(first!), ...rest))).toMatch(
      /version 16, expected at least 19 bytes of version 0 to 15/
    )
  })
})
