import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { InferenceSession } from '../../runtime/inference-backend'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { whisperLogMelModel } from './whisper-log-mel'

interface Golden {
  readonly cases: readonly {
    readonly name: string
    /** sample = pcm · 2^(exponent - 15) */
    readonly exponent: number
    readonly frames: number
    readonly pcm: string
    readonly features: string
  }[]
}

const golden = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/speech/log-mel.json', import.meta.url), 'utf8')
) as Golden

function decode(base64: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64, 'base64')).buffer
}

const whisper = { melBins: 80, fftLength: 400, hopLength: 160, sampleRateHz: 16000 }
let session: InferenceSession

beforeAll(async () => {
  const bytes = encodeModel(whisperLogMelModel(whisper))
  session = await createOrtBackend().open({ kind: 'bytes', bytes })
})
afterAll(() => session.release())

async function logMel(samples: Float32Array) {
  const { features } = await session.run({
    waveform: { dataType: 'float32', dims: [1, samples.length], data: samples }
  })
  if (features?.dataType !== 'float32') throw new Error('expected float32 features')
  return features
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0)
}

describe('whisperLogMelModel', () => {
  it.each(golden.cases)('equals the numpy extractor on every bin: $name', async (testCase) => {
    const scale = 2 ** (testCase.exponent - 15)
    const samples = Float32Array.from(new Int16Array(decode(testCase.pcm)), (count) => count * scale)
    const features = await logMel(samples)
    expect(features.dims).toEqual([1, 80, testCase.frames])
    // Both sides are float64 until the last cast, where values below 2 round by at most 1.2e-7 (measured: equal).
    // The promise is 1e-4; the tighter bound is what a float32 transform does not reach (up to 6e-5).
    expect(largestDifference(features.data, new Float32Array(decode(testCase.features)))).toBeLessThan(1e-6)
  })

  it('gives digital silence the floor (-10 + 4) / 4 everywhere', async () => {
    const features = await logMel(new Float32Array(640))
    expect(features.dims).toEqual([1, 80, 4])
    expect(new Set(features.data)).toEqual(new Set([-1.5]))
  })

  it('reads samples that lie inside a larger buffer', async () => {
    const large = Float32Array.from({ length: 900 }, (_, t) => Math.sin(t))
    const view = await logMel(large.subarray(100, 740))
    expect(view.data).toEqual((await logMel(large.slice(100, 740))).data)
  })

  it('moves by log10(4) / 4 when the sound is twice as loud and nothing is at the floor', async () => {
    const samples = Float32Array.from({ length: 1600 }, (_, t) => (((t * 7919) % 1000) / 1000 - 0.5) * 0.5)
    const quiet = await logMel(samples)
    const loud = await logMel(samples.map((sample) => sample * 2))
    const shifted = quiet.data.map((value) => value + Math.log10(4) / 4)
    // One float32 rounding on each side.
    expect(largestDifference(loud.data, shifted)).toBeLessThan(5e-7)
  })

  it.each([
    ['an odd FFT length', { ...whisper, fftLength: 401 }],
    ['a hop beyond the frame', { ...whisper, hopLength: 500 }],
    ['no filters', { ...whisper, melBins: 0 }]
  ])('refuses %s', (_, parameters) => {
    expect(() => whisperLogMelModel(parameters)).toThrow(/^Log-mel features need an even FFT length/)
  })
})
