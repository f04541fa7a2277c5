/** Convolutions as int8 products of patches: where the patches are, and how far from the original. */
import { describe, expect, it } from 'vitest'
import { executedOperators } from '../../../tests/helpers/executed-operators'
import { buildModel, randomFeed, randomTensor } from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { applyInt8Convolutions } from '../../compression/methods/int8-convolutions'
import { assertInvariants } from '../invariants'
import { intAttribute, intsAttribute, stringAttribute } from '../ir/attribute'
import type { Attribute, Model } from '../ir/model'
import { float32Tensor } from '../ir/tensor'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'

const folder = useTemporaryFolder()
const [channels, out, frames] = [5, 4, 23]

interface Form {
  readonly name: string
  readonly taps: number
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly hasBias?: boolean
}

const ints = (...values: readonly number[]) => intsAttribute(values)
const forms: readonly Form[] = [
  {
    name: 'three taps, padded alike (Whisper, first)',
    taps: 3,
    attributes: { pads: ints(1, 1) },
    hasBias: true
  },
  {
    name: 'a stride (Whisper, second)',
    taps: 3,
    attributes: { pads: ints(1, 1), strides: ints(2) },
    hasBias: true
  },
  { name: 'no padding', taps: 4, attributes: {} },
  { name: 'VALID padding', taps: 2, attributes: { auto_pad: stringAttribute('VALID') } },
  {
    name: 'unequal padding, dilation and stride',
    taps: 3,
    attributes: { pads: ints(4, 0), dilations: ints(2), strides: ints(3) }
  },
  { name: 'one tap', taps: 1, attributes: {}, hasBias: true },
  { name: 'one tap at every second frame', taps: 1, attributes: { strides: ints(2) } }
]

/** y = Conv(x); the weights are multiples of 1/127 of a channel's largest, so that int8 holds them exactly. */
function convolution({ taps, attributes, hasBias = false }: Form, inputChannels = channels): Model {
  return buildModel((b) => {
    const dims = [out, inputChannels, taps]
    const perChannel = inputChannels * taps
    const steps = Float32Array.from({ length: out * perChannel }, (_, i) =>
      i % perChannel === 0 ? 127 : ((i * 37) % 255) - 127
    )
    const w = b.initializer(float32Tensor('w', dims, steps))
    const bias = hasBias ? [b.initializer(randomTensor('bias', [out], 2))] : []
    const x = b.input('x', 'float32', ['batch', inputChannels, 'frames'])
    b.output(b.node('Conv', [x, w, ...bias], { outputs: ['y'], attributes }), 'float32')
  })
}

/** Whole numbers that reach from -100 to 155: quantization has steps of 1 and loses nothing. */
function wholeFeed(inputChannels = channels) {
  const data = Float32Array.from({ length: 2 * inputChannels * frames }, (_, i) => ((i * 101) % 256) - 100)
  return { dataType: 'float32', dims: [2, inputChannels, frames], data } as const
}

describe('quantizeConvolutionsDynamic', () => {
  it.each(forms)('is exact where eight bits are: $name', async (form) => {
    const model = convolution(form)
    const quantized = applyInt8Convolutions(model)
    assertInvariants(quantized)
    expect(locateLinearLayers(quantized)).toEqual([])
    const wanted = (await runModel(model, { x: wholeFeed() })).y!
    for (const graphOptimization of [false, true]) {
      const found = (await runModel(quantized, { x: wholeFeed() }, { graphOptimization })).y!
      expect(found.dims).toEqual(wanted.dims)
      // Sums of at most 20 products below 155 · 127; a float32 step there is 0.03, and scales are rounded once more.
      floats(found).forEach((value, i) => expect(Math.abs(value - floats(wanted)[i]!)).toBeLessThan(0.25))
    }
    expect(Math.max(...floats(wanted))).toBeGreaterThan(1000)
  })

  it('stays within the error of its steps on other values', async () => {
    const model = convolution(forms[1]!)
    const feed = { x: randomFeed([1, channels, frames], 3) }
    const [wanted, found] = [await runModel(model, feed), await runModel(applyInt8Convolutions(model), feed)]
    // Half a step of the inputs' range, below 8 / 255, for each of 15 weights of at most 127.
    const allowed = (15 * 127 * 4) / 255
    floats(found.y).forEach((value, i) =>
      expect(Math.abs(value - floats(wanted.y)[i]!)).toBeLessThan(allowed)
    )
    expect(floats(found.y)).not.toEqual(floats(wanted.y))
  })

  it('is computed by the runtime in integers', async () => {
    const operators = await executedOperators(applyInt8Convolutions(convolution(forms[0]!)), folder())
    expect(operators).toContain('com.microsoft:MatMulIntegerToFloat')
    expect(operators).not.toContain(':Conv')
  })

  it('shares the quantization of an input, and does not touch the model', () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', ['batch', channels, 'frames'])
      for (const name of ['a', 'b']) {
        const w = b.initializer(randomTensor(name, [out, channels, 1], 1))
        b.output(b.node('Conv', [x, w], { outputs: [`${name}_out`] }), 'float32')
      }
    })
    const before = structuredClone(model)
    const { nodes } = applyInt8Convolutions(model).graph
    expect(nodes.filter(({ opType }) => opType === 'DynamicQuantizeLinear')).toHaveLength(1)
    expect(model).toEqual(before)
  })

  it.each([
    ['over a waveform', convolution({ name: '', taps: 8, attributes: {} }, 1)],
    [
      'whose padding depends on the length',
      convolution({ name: '', taps: 3, attributes: { auto_pad: stringAttribute('SAME_UPPER') } })
    ]
  ])('leaves a convolution %s as it is', (_, model) => {
    expect(applyInt8Convolutions(model)).toEqual(model)
  })

  it('leaves two axes, groups and what is to stay float32 as they are', () => {
    const plane = buildModel((b) => {
      const x = b.input('x', 'float32', [1, channels, 9, 9])
      const w = b.initializer(randomTensor('w', [out, channels, 3, 3], 1))
      b.output(b.node('Conv', [x, w], { outputs: ['y'] }), 'float32')
    })
    expect(applyInt8Convolutions(plane)).toEqual(plane)
    const depthwise = buildModel((b) => {
      const x = b.input('x', 'float32', [1, channels, 'frames'])
      const w = b.initializer(randomTensor('w', [channels, 1, 3], 1))
      const attributes = { group: intAttribute(channels) }
      b.output(b.node('Conv', [x, w], { outputs: ['y'], attributes }), 'float32')
    })
    expect(applyInt8Convolutions(depthwise)).toEqual(depthwise)
    const line = convolution(forms[0]!)
    expect(applyInt8Convolutions(line, new Set(['y']))).toEqual(line)
  })
})
