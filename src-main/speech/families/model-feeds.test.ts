import { describe, expect, it } from 'vitest'
import type { FrontEnd } from '../features/front-end'
import type { DrivenModel } from './family'
import { inputShapes, modelFeeds, paddedSamples } from './model-feeds'

const waveform: DrivenModel = {
  name: 'tiny',
  modelFile: 'model.onnx',
  frontEnd: { kind: 'raw-waveform', normalize: false },
  inputName: 'x',
  companionInputs: [],
  outputName: 'y',
  sampleRateHz: 16000,
  padToMultipleOfSamples: 320,
  minimumSamples: 1,
  maximumSamples: undefined,
  longerAudio: 'refuse',
  sidecars: []
}
const times = { sampleRateHz: 16000, hopLength: 160 }
const whisper: FrontEnd = { kind: 'whisper-log-mel', parameters: { ...times, melBins: 80, fftLength: 400 } }
const nemo: FrontEnd = {
  kind: 'nemo-log-mel',
  parameters: { ...times, melBins: 64, fftLength: 512, windowLength: 400, normalize: 'none' }
}
const kaldi = (snipEdges: boolean): FrontEnd => ({
  kind: 'kaldi-fbank',
  parameters: {
    ...times,
    melBins: 80,
    frameLength: 400,
    lowFrequencyHz: 20,
    highFrequencyHz: 8000,
    sampleScale: 1,
    snipEdges
  }
})

describe('paddedSamples', () => {
  it('fills up to the multiple', () => {
    expect([1, 320, 321].map((samples) => paddedSamples(waveform, samples))).toEqual([320, 320, 640])
  })

  it('cuts what a model of one length does not hear', () => {
    const keyword = { ...waveform, padToMultipleOfSamples: 16000, maximumSamples: 16000 }
    expect(paddedSamples({ ...keyword, longerAudio: 'crop' }, 160000)).toBe(16000)
    expect(paddedSamples(keyword, 16001)).toBe(32000)
  })
})

describe('inputShapes', () => {
  it.each<[string, FrontEnd, number[]]>([
    ['the waveform', waveform.frontEnd, [1, 16320]],
    ['Whisper', whisper, [1, 80, 102]],
    ['NeMo', nemo, [1, 64, 102]],
    ['Kaldi, mirrored ends', kaldi(false), [1, 102, 80]],
    ['Kaldi, whole frames', kaldi(true), [1, 100, 80]]
  ])('follows the layout of %s', (_, frontEnd, dims) => {
    expect(inputShapes({ ...waveform, frontEnd }, 16001)).toEqual(new Map([['x', dims]]))
  })

  it('tells the shapes of lengths and masks', () => {
    const description: DrivenModel = {
      ...waveform,
      frontEnd: kaldi(true),
      companionInputs: [
        { name: 'x_lens', kind: 'length', dataType: 'int64' },
        { name: 'mask', kind: 'mask', dataType: 'bool' }
      ]
    }
    expect(inputShapes(description, 16001)).toEqual(
      new Map([
        ['x', [1, 100, 80]],
        ['x_lens', [1]],
        ['mask', [1, 100]]
      ])
    )
  })
})

describe('modelFeeds', () => {
  it.each([
    ['int64', 'length', BigInt64Array.of(3n)],
    ['int32', 'length', Int32Array.of(3)],
    ['int64', 'mask', BigInt64Array.of(1n, 1n, 1n)],
    ['int32', 'mask', Int32Array.of(1, 1, 1)],
    ['bool', 'mask', Uint8Array.of(1, 1, 1)]
  ] as const)('fills an %s %s with the frames of the input', (dataType, kind, data) => {
    const input = { dataType: 'float32', dims: [1, 64, 3], data: new Float32Array(192) } as const
    const companionInputs = [{ name: 'c', kind, dataType }]
    const feeds = modelFeeds({ ...waveform, frontEnd: nemo, companionInputs }, input)
    expect(feeds['x']).toBe(input)
    expect(feeds['c']).toEqual({ dataType, dims: kind === 'length' ? [1] : [1, 3], data })
  })

  it.each([
    ['int64', 'length', [2], BigInt64Array.of(3n, 1n)],
    ['int32', 'mask', [2, 3], Int32Array.of(1, 1, 1, 1, 0, 0)],
    ['bool', 'mask', [2, 3], Uint8Array.of(1, 1, 1, 1, 0, 0)]
  ] as const)('tells padding from sound in an %s %s of a batch', (dataType, kind, dims, data) => {
    const input = { dataType: 'float32', dims: [2, 64, 3], data: new Float32Array(384) } as const
    const companionInputs = [{ name: 'extent', kind, dataType }] as const
    const feeds = modelFeeds({ ...waveform, frontEnd: nemo, companionInputs }, input, [3, 1])
    expect(feeds.extent).toEqual({ dataType, dims, data })
  })
})
