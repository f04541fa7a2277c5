import { describe, expect, it } from 'vitest'
import { assertFrontEndSize, frontEndModel, type FrontEnd } from './front-end'

/** Every front end with a transform, with frames of so many samples and so many mel bins. */
function frontEnds(frame: number, melBins: number): FrontEnd[] {
  const common = { melBins, sampleRateHz: 16_000, hopLength: 160 }
  return [
    { kind: 'whisper-log-mel', parameters: { ...common, fftLength: frame } },
    {
      kind: 'nemo-log-mel',
      parameters: { ...common, fftLength: frame, windowLength: 400, normalize: 'none' }
    },
    {
      kind: 'kaldi-fbank',
      parameters: {
        ...common,
        frameLength: frame,
        lowFrequencyHz: 20,
        highFrequencyHz: 7600,
        sampleScale: 1,
        snipEdges: true
      }
    }
  ]
}

const refusal = (frame: number, melBins: number) =>
  expect.objectContaining({
    code: 'unsupported-model',
    message: `The features have frames of ${frame} samples and ${melBins} mel bins, expected at most 4096 and 1024.`
  }) as Error

describe('the size of a front end', () => {
  it.each(frontEnds(4096, 1024))('may be as large as the limits: $kind', (frontEnd) => {
    expect(() => {
      assertFrontEndSize(frontEnd)
    }).not.toThrow()
  })

  it.each(frontEnds(4098, 80))(
    'is refused for a frame above them, before a graph is made: $kind',
    (frontEnd) => {
      expect(() => {
        assertFrontEndSize(frontEnd)
      }).toThrow(refusal(4098, 80))
      expect(() => frontEndModel(frontEnd)).toThrow(refusal(4098, 80))
    }
  )

  it.each(frontEnds(400, 1025))('is refused for more mel bins: $kind', (frontEnd) => {
    expect(() => frontEndModel(frontEnd)).toThrow(refusal(400, 1025))
  })

  it.each(frontEnds(NaN, 80))('is refused for a frame that is no number: $kind', (frontEnd) => {
    expect(() => frontEndModel(frontEnd)).toThrow(refusal(NaN, 80))
  })

  it('does not concern the waveform itself', () => {
    expect(() => {
      assertFrontEndSize({ kind: 'raw-waveform', normalize: true })
    }).not.toThrow()
  })
})
