/** Hostile recordings: real files of every format with damage that knows where their headers are. */
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createPrng, type Prng } from '../../../src-main/base/prng'
import { encodeWav } from '../../helpers/wav-file'
import type { HostileCase } from './fuzz'
import { byteMutations, pick, randomBytes, type ByteMutation } from './mutate-bytes'

interface BaseRecording {
  readonly name: string
  readonly bytes: Uint8Array
}

const fixtures = resolve(import.meta.dirname, '../../fixtures/speech')

const wav: BaseRecording = {
  name: 'tone.wav',
  bytes: encodeWav(
    Float32Array.from({ length: 400 }, (_, t) => Math.sin(t / 5)),
    16000
  )
}

export const encodedRecordings: readonly BaseRecording[] = readdirSync(fixtures)
  .filter((name) => /\.(flac|mp3|ogg|opus)$/u.test(name))
  .sort()
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(resolve(fixtures, name))) }))

/** A field of the header becomes absurd: rate, channels, bits, sizes, block sizes, number of samples. */
const header: ByteMutation = (bytes, prng) => {
  const copy = bytes.slice()
  // Of WAV 4..44; of FLAC the stream info at 8..42; of Ogg the first page; of MP3 the first frame and its Xing tag.
  const at = 4 + prng.integer(Math.min(60, Math.max(1, copy.length - 4)))
  const width = pick(prng, [1, 2, 4, 8])
  const value = pick(prng, [0, 1, 2, 0x7f, 0x80, 0xff])
  copy.fill(value, at, at + width)
  return [copy, `bytes ${at} to ${at + width} are ${value}`]
}

/** The checksum of every whole Ogg page is put right, or nothing behind it would be looked at. */
export function withOggChecksums(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  let begin = 0
  while (begin + 27 <= copy.length && String.fromCharCode(...copy.subarray(begin, begin + 4)) === 'OggS') {
    const segments = copy[begin + 26]!
    const body = begin + 27 + segments
    const end = body + copy.subarray(begin + 27, body).reduce((sum, value) => sum + value, 0)
    if (end > copy.length) break
    view.setUint32(begin + 22, 0, true)
    view.setUint32(begin + 22, oggChecksum(copy.subarray(begin, end)), true)
    begin = end
  }
  return copy
}

/** CRC-32 with the polynomial 0x04c11db7, bit by bit: slow, and nothing of the reader's own. */
function oggChecksum(page: Uint8Array): number {
  let remainder = 0
  for (const byte of page) {
    remainder ^= byte << 24
    for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? 0x04c11db7 : 0)
  }
  return remainder >>> 0
}

function damaged(base: BaseRecording, prng: Prng): HostileCase {
  let { bytes } = base
  const story = [base.name]
  for (let count = 1 + prng.integer(3); count > 0; count--) {
    const [changed, what] = pick(prng, [header, header, ...byteMutations])(bytes, prng)
    bytes = changed
    story.push(what)
  }
  const isOgg = base.name.endsWith('.ogg') || base.name.endsWith('.opus')
  return { bytes: isOgg && prng.uniform() < 0.8 ? withOggChecksums(bytes) : bytes, story: story.join('; ') }
}

/** A hostile WAV file, or random bytes behind the first bytes of any format. */
export function hostileWav(seed: number): HostileCase {
  const prng = createPrng(Math.imul(seed, 0x9e3779b1))
  if (prng.uniform() > 0.05) return damaged(wav, prng)
  const [bytes, what] = randomBytes(prng)
  const magic = pick(prng, ['', 'RIFF\0\0\0\0WAVEfmt ', 'fLaC\0', 'OggS\0', 'ID3\u0004'])
  bytes.set(new TextEncoder().encode(magic).subarray(0, bytes.length))
  return { bytes, story: `${what} that begin like '${magic}'` }
}

/** A hostile FLAC, MP3, Vorbis or Opus file. */
export function hostileRecording(seed: number): HostileCase {
  const prng = createPrng(Math.imul(seed, 0x9e3779b1))
  return damaged(pick(prng, encodedRecordings), prng)
}
