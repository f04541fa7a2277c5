import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { assertInvariants } from '../onnx/invariants'
import { locateLinearLayers } from '../onnx/linear-layer/locate-linear-layers'
import { countParameters } from '../onnx/parameters'
import { encodeModel } from '../onnx/serde/encode-model'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { conformerCtc, demoConformer } from './conformer-ctc'

const small = { melBins: 8, modelSize: 12, heads: 2, hiddenSize: 16, kernel: 5, blocks: 2, classes: 6 }

describe('conformerCtc', () => {
  it('has two to three million parameters in the size of the demo', () => {
    const { parameterCount } = countParameters(conformerCtc({ ...demoConformer, classes: 29 }, 1))
    expect(parameterCount).toBeGreaterThan(2.4e6)
    expect(parameterCount).toBeLessThan(2.7e6)
  })

  it('keeps the invariants, draws the same weights from the same seed and others from another', () => {
    const model = conformerCtc(small, 1)
    assertInvariants(model)
    expect(encodeModel(conformerCtc(small, 1))).toEqual(encodeModel(model))
    expect(encodeModel(conformerCtc(small, 2))).not.toEqual(encodeModel(model))
  })

  it('is read as blocks of attention, macaron feed-forwards and pointwise convolutions', () => {
    const layers = locateLinearLayers(conformerCtc(small, 1)).filter(({ blockIndex }) => blockIndex === 1)
    expect(layers.map(({ role }) => role).sort()).toEqual(
      ['fc1', 'fc1', 'fc2', 'fc2', 'k', 'out', 'pointwise', 'pointwise', 'q', 'v'].sort()
    )
  })

  it.each([[16], [17], [18], [19]])('hears %i padded frames as if they were alone', async (frames) => {
    const session = await createOrtBackend().open(
      { kind: 'bytes', bytes: encodeModel(conformerCtc(small, 3)) },
      { threads: 1 }
    )
    try {
      const prng = createPrng(frames)
      const longest = 24
      const features = Float32Array.from({ length: small.melBins * longest }, () => prng.normal())
      const rows = Array.from({ length: small.melBins }, (_, bin) =>
        features.slice(bin * longest, (bin + 1) * longest)
      )
      const alone = Float32Array.from(rows.flatMap((row) => [...row.subarray(0, frames)]))
      // What stands behind the end must not matter: it is loud here.
      const padded = Float32Array.from(rows.flatMap((row) => [...row.fill(50, frames)]))
      const other = Float32Array.from({ length: padded.length }, () => prng.normal())
      const run = async (data: Float32Array, dims: readonly number[], lengths: readonly bigint[]) => {
        const { logprobs } = await session.run({
          audio_signal: { dataType: 'float32', dims: [...dims], data },
          length: { dataType: 'int64', dims: [lengths.length], data: BigInt64Array.from(lengths) }
        })
        return logprobs!
      }
      const single = await run(alone, [1, small.melBins, frames], [BigInt(frames)])
      const both = await run(
        Float32Array.from([...padded, ...other]),
        [2, small.melBins, longest],
        [BigInt(frames), BigInt(longest)]
      )
      expect(single.dims).toEqual([1, Math.ceil(frames / 4), small.classes])
      const own = both.data.slice(0, single.data.length) as Float32Array
      const worst = Math.max(...[...own].map((value, at) => Math.abs(value - Number(single.data[at]))))
      // Float32 sums in another order: some units in the last place of values around 2.
      expect(worst).toBeLessThan(1e-5)
    } finally {
      await session.release()
    }
  })

  it('refuses heads that cannot turn in pairs', () => {
    expect(() => conformerCtc({ ...small, modelSize: 10 }, 1)).toThrow(/even size per head/)
  })
})
