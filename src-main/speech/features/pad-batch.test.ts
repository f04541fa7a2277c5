import { describe, expect, it } from 'vitest'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import type { FrontEnd } from './front-end'
import { padBatch } from './pad-batch'

const whisper: FrontEnd = {
  kind: 'whisper-log-mel',
  parameters: { melBins: 2, fftLength: 400, hopLength: 160, sampleRateHz: 16000 }
}
const waveform: FrontEnd = { kind: 'raw-waveform', normalize: true }

function tensor(dims: readonly number[], values: readonly number[]): RuntimeTensor {
  return { dataType: 'float32', dims, data: Float32Array.from(values) }
}

describe('padBatch', () => {
  it('pads each mel bin of log-mel features with the silence of its own recording', () => {
    const batch = padBatch(whisper, [tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]), tensor([1, 2, 1], [0.5, 1])])
    // 8 decades below the loudest value of the second recording: 1 - 2.
    expect(batch).toEqual({
      input: tensor([2, 2, 3], [1, 2, 3, 4, 5, 6, 0.5, -1, -1, 1, -1, -1]),
      validFrames: [3, 1]
    })
  })

  it('does not let the padding of a quiet recording fall below the features of zeros', () => {
    const { input } = padBatch(whisper, [tensor([1, 2, 2], [0, 0, 0, 0]), tensor([1, 2, 1], [-1, -1.2])])
    expect([...input.data.slice(4)]).toEqual([-1, -1.5, expect.closeTo(-1.2, 6), -1.5])
  })

  it('pads features with time first behind their last frame', () => {
    const kaldi = { kind: 'kaldi-fbank' } as FrontEnd
    const { input } = padBatch(kaldi, [tensor([1, 1, 2], [1, 2]), tensor([1, 2, 2], [3, 4, 5, 6])])
    const silence = expect.closeTo(Math.log(1e-10), 5) as number
    expect(input.dims).toEqual([2, 2, 2])
    expect([...input.data]).toEqual([1, 2, silence, silence, 3, 4, 5, 6])
  })

  it('pads waveforms, which are centred already, with zeros', () => {
    const { input, validFrames } = padBatch(waveform, [tensor([1, 1], [7]), tensor([1, 3], [1, 2, 3])])
    expect([...input.data]).toEqual([7, 0, 0, 1, 2, 3])
    expect(validFrames).toEqual([1, 3])
  })

  it('refuses to make a batch of nothing', () => {
    expect(() => padBatch(waveform, [])).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
