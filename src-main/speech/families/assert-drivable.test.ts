import { describe, expect, it } from 'vitest'
import { assertDrivable } from './assert-drivable'
import type { DrivenModel } from './family'

const drivable: DrivenModel = {
  name: 'tiny',
  modelFile: 'model.onnx',
  frontEnd: { kind: 'raw-waveform', normalize: false },
  inputName: 'x',
  companionInputs: [],
  outputName: 'logits',
  sampleRateHz: 16_000,
  padToMultipleOfSamples: 1,
  minimumSamples: 1,
  maximumSamples: undefined,
  longerAudio: 'refuse',
  sidecars: []
}

/** An hour at the highest rate. */
const mostSamples = 3600 * 384_000

const refusalOf = (change: Partial<DrivenModel>) => {
  try {
    assertDrivable({ ...drivable, ...change })
  } catch (error) {
    return error
  }
  return undefined
}

describe('assertDrivable', () => {
  it.each<[string, Partial<DrivenModel>]>([
    ['an ordinary model', {}],
    ['the lowest rate', { sampleRateHz: 1 }],
    ['the highest rate', { sampleRateHz: 384_000 }],
    ['an hour to pad to', { padToMultipleOfSamples: mostSamples }],
    ['an hour at least', { minimumSamples: mostSamples }]
  ])('lets %s pass', (_, change) => {
    expect(refusalOf(change)).toBeUndefined()
  })

  it.each<[string, Partial<DrivenModel>, string]>([
    ['no rate', { sampleRateHz: 0 }, 'a sample rate in hertz of 0, expected 1 to 384000'],
    ['a rate above all', { sampleRateHz: 384_001 }, 'a sample rate in hertz of 384001'],
    ['a rate that is no number', { sampleRateHz: NaN }, 'a sample rate in hertz of NaN'],
    ['a rate without end', { sampleRateHz: Infinity }, 'a sample rate in hertz of Infinity'],
    ['padding to nothing', { padToMultipleOfSamples: 0 }, 'a multiple of samples to pad to of 0'],
    ['padding backwards', { padToMultipleOfSamples: -160 }, 'a multiple of samples to pad to of -160'],
    ['padding to days', { padToMultipleOfSamples: mostSamples + 1 }, `expected 1 to ${mostSamples}`],
    ['no samples', { minimumSamples: 0 }, 'a least number of samples of 0'],
    ['days of samples', { minimumSamples: 1e15 }, 'a least number of samples of 1000000000000000']
  ])('refuses %s and names the number', (_, change, message) => {
    const refusal = refusalOf(change)
    expect(refusal).toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining(message) as string
    })
    expect(refusal).toMatchObject({
      message: expect.stringMatching(/^'tiny' .*correct its configuration\.$/) as string
    })
  })

  it('refuses a front end that is too large before its own numbers', () => {
    const parameters = { melBins: 80, fftLength: 5000, hopLength: 160, sampleRateHz: 16_000 }
    const frontEnd = { kind: 'whisper-log-mel', parameters } as const
    expect(refusalOf({ frontEnd, sampleRateHz: 0 })).toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('frames of 5000 samples') as string
    })
  })
})
