import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { encodeModel } from '../../onnx/serde/encode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { addFramePower, foldedDft } from './folded-dft'
import { addInteger } from './spectral-graph'
import { frameDft, hannWindow } from './windowed-dft'

const cases = [
  { name: 'an even window', length: 8, fftLength: 8, hopLength: 4 },
  { name: 'an odd window with a middle sample', length: 7, fftLength: 8, hopLength: 3 },
  { name: 'a window shorter than the transform', length: 10, fftLength: 16, hopLength: 6 },
  { name: 'a hop that shares no divisor with half a frame', length: 12, fftLength: 12, hopLength: 5 },
  { name: 'a single sample', length: 1, fftLength: 2, hopLength: 1 }
]

const symmetricWindow = (length: number) => hannWindow(length + 2, length + 1).slice(1, length + 1)

describe('foldedDft', () => {
  it('is the transform about the middle of a window of 3, spelled out', () => {
    const { cosines, sines } = foldedDft({ window: Float64Array.of(1, 2, 1), fftLength: 4 })
    // Rows: the outer pair, then half of the middle sample; columns: cos 0, cos π/2, cos π, then the sines.
    const expected = [
      [1, 0, -1, 1, 1, 1],
      [0, 1, 0, 0, 0, 0]
    ].flat()
    const found = [...cosines, ...sines]
    expect(found).toHaveLength(expected.length)
    // The cosine of a rounded π/2 is off by up to 1e-16.
    expected.forEach((value, index) => expect(Math.abs(found[index]! - value)).toBeLessThan(1e-15))
  })
})

describe('addFramePower', () => {
  it.each(cases)('equals the whole transform under $name', async ({ length, fftLength, hopLength }) => {
    const [frames, firstSample] = [5, 2]
    const window = symmetricWindow(length)
    const samples = Float64Array.from({ length: 40 }, (_, t) => Math.sin(t * t) + 0.3)
    const power = await runFramePower(samples, { window, fftLength, hopLength, firstSample }, frames)
    const matrix = frameDft({ window, fftLength })
    const frequencies = fftLength / 2 + 1
    expect(power.dims).toEqual([frames, frequencies])
    for (let frame = 0; frame < frames; frame++) {
      for (let k = 0; k < frequencies; k++) {
        let [real, imaginary] = [0, 0]
        for (let t = 0; t < length; t++) {
          const sample = samples[firstSample + frame * hopLength + t]!
          real += sample * matrix[t * 2 * frequencies + k]!
          imaginary += sample * matrix[t * 2 * frequencies + frequencies + k]!
        }
        const found = power.data[frame * frequencies + k]!
        // Sums of at most 12 float64 terms near 1, squared.
        expect(Math.abs(found - (real ** 2 + imaginary ** 2))).toBeLessThan(1e-13)
      }
    }
  })
})

async function runFramePower(
  samples: Float64Array,
  options: Pick<Parameters<typeof addFramePower>[1], 'window' | 'fftLength' | 'hopLength' | 'firstSample'>,
  frames: number
): Promise<{ readonly dims: readonly number[]; readonly data: Float64Array }> {
  const builder = new GraphBuilder('frame-power')
  const waveform = builder.input('waveform', 'float64', ['samples'])
  const count = addInteger(builder, 'count', frames)
  builder.output(addFramePower(builder, { ...options, waveform, count }), 'float64')
  const bytes = encodeModel(builder.build())
  const session = await createOrtBackend().open({ kind: 'bytes', bytes })
  try {
    const feed = { dataType: 'float64', dims: [samples.length], data: samples } as const
    const [power] = Object.values(await session.run({ waveform: feed }))
    if (power?.dataType !== 'float64') throw new Error('expected float64 power')
    return power
  } finally {
    await session.release()
  }
}
