/** Attention in one node: equal outputs, in whatever way heads were split; and what is left as it is. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  AttentionSketch,
  frames,
  heads,
  headWidth,
  packedForms,
  width,
  type Projected
} from '../../../tests/helpers/packed-attention'
import { largestDifference } from '../../../tests/helpers/dense-matrices'
import { buildModel, randomFeed, randomTensor } from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { assertInvariants } from '../invariants'
import { floatAttribute, intAttribute, readFloat, readInt } from '../ir/attribute'
import { dataTypeNumber } from '../ir/data-type'
import type { Model } from '../ir/model'
import { float32Tensor } from '../ir/tensor'
import { countMacs } from '../macs'
import { decodeModel } from '../serde/decode-model'
import { inferShapes } from '../shapes/infer-shapes'
import { applyInt8Dynamic } from '../../compression/methods/int8-dynamic'
import { fuseAttention } from './fuse-attention'
import { unpackProjections } from './unpack-projections'

type Sketch = AttentionSketch

/** A model of one attention between `x` and the only output. */
function sketched(draw: (sketch: Sketch) => string, opset?: number): Model {
  return buildModel((builder) => {
    const sketch = new AttentionSketch(builder)
    builder.output(draw(sketch), 'float32')
  }, opset)
}

const projections = (s: Sketch, x = s.x) =>
  ['q', 'k', 'v'].map((name) => s.linear(x, name, [width, width])) as [string, string, string]

const number = (s: Sketch, name: string, value: number) =>
  s.builder.initializer(float32Tensor(name, [], Float32Array.of(value)))

const float = { to: intAttribute(dataTypeNumber('float32')) }

/** softmax(q · keys) · v, with whatever is between the product and the softmax. */
function attend(
  s: Sketch,
  [q, keys, v]: Projected,
  between: (scores: string) => string = (scores) => scores
) {
  return s.node('MatMul', [s.node('Softmax', [between(s.node('MatMul', [q, keys]))]), v])
}

const merge = (s: Sketch, mixed: string) =>
  s.linear(s.node('Reshape', [s.transpose(mixed, 0, 2, 1, 3), s.integers([0, 0, width])]), 'out', [
    width,
    width
  ])

/** A plain attention with one thing about it changed. */
function plain(s: Sketch, between?: (scores: string) => string): string {
  const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
  return merge(s, attend(s, [q, s.transpose(k, 0, 1, 3, 2), v], between))
}

const understood: readonly { readonly name: string; readonly model: Model; readonly scale: number }[] = [
  { name: 'no scale', scale: 1, model: sketched((s) => plain(s)) },
  {
    name: 'scores divided',
    scale: 1 / 3,
    model: sketched((s) => plain(s, (scores) => s.node('Div', [scores, number(s, 'root', 3)])))
  },
  {
    name: 'a softmax with an axis, before opset 13',
    scale: 1,
    model: sketched((s) => {
      const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
      const scores = s.node('MatMul', [q, s.transpose(k, 0, 1, 3, 2)])
      const weights = s.node('Softmax', [scores], { attributes: { axis: intAttribute(3) } })
      return merge(s, s.node('MatMul', [weights, v]))
    }, 11)
  },
  {
    name: 'queries and keys scaled by a computed power of the head width (Whisper)',
    scale: headWidth ** -0.5,
    model: sketched((s) => {
      const [q, k, v] = projections(s)
      const last = s.node('Gather', [s.node('Shape', [q]), s.scalar(2)])
      const size = s.node('Cast', [s.node('Div', [last, s.scalar(heads)])], { attributes: float })
      const factor = s.node('Pow', [size, number(s, 'exponent', -0.25)])
      const apart = (value: string) => s.node('Reshape', [value, s.integers([0, 0, heads, -1])])
      const scaled = (value: string) => s.node('Mul', [value, factor])
      const keys = scaled(s.transpose(apart(k), 0, 2, 3, 1))
      return merge(s, attend(s, [scaled(s.transpose(apart(q), 0, 2, 1, 3)), keys, s.toHeads(v)]))
    })
  },
  {
    name: 'the root of a sliced width (torch scaled_dot_product_attention)',
    scale: 1 / Math.fround(Math.sqrt(headWidth)),
    model: sketched((s) => {
      const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
      const size = s.node('Slice', [s.node('Shape', [q]), s.integers([-1]), s.integers([2 ** 31 - 1])])
      const root = s.node('Sqrt', [s.node('Cast', [size], { attributes: float })])
      const factor = s.node('Sqrt', [s.node('Div', [number(s, 'one', 1), root])])
      const scaled = (value: string) => s.node('Mul', [value, factor])
      return merge(s, attend(s, [scaled(q), scaled(s.transpose(k, 0, 1, 3, 2)), v]))
    })
  },
  {
    name: 'batch and heads on one axis (fairseq)',
    scale: 0.5,
    model: sketched((s) => {
      const [q, k, v] = projections(s)
      const [b, t] = s.leadingSizes(s.x)
      const folded = s.concat(s.integers([-1]), t, s.integers([headWidth]))
      const heading = (value: string) => s.node('Reshape', [s.toHeads(value), folded])
      const half = (scores: string) => s.node('Mul', [number(s, 'half', 0.5), scores])
      const mixed = attend(s, [heading(q), s.transpose(heading(k), 0, 2, 1), heading(v)], half)
      return merge(
        s,
        s.node('Reshape', [mixed, s.concat(b, s.integers([heads]), t, s.integers([headWidth]))])
      )
    })
  }
]

/** Something about each of these is more, or other, than self-attention of one sequence. */
const others: readonly { readonly name: string; readonly model: Model }[] = [
  {
    name: 'a mask',
    model: sketched((s) => {
      const mask = s.builder.initializer(randomTensor('mask', [1, 1, 1, frames], 9))
      return plain(s, (scores) => s.node('Add', [scores, mask]))
    })
  },
  {
    name: 'keys of another sequence',
    model: sketched((s) => {
      const other = s.builder.input('memory', 'float32', ['batch', 'memory_frames', width])
      const q = s.linear(s.x, 'q', [width, width])
      const [k, v] = ['k', 'v'].map((name) => s.linear(other, name, [width, width])) as [string, string]
      return merge(s, attend(s, [s.toHeads(q), s.transpose(s.toHeads(k), 0, 1, 3, 2), s.toHeads(v)]))
    })
  },
  {
    name: 'cached keys and values',
    model: sketched((s) => {
      const past = s.builder.input('past', 'float32', ['batch', heads, 'past_frames', headWidth])
      const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
      const longer = (value: string) =>
        s.node('Concat', [past, value], { attributes: { axis: intAttribute(2) } })
      return merge(s, attend(s, [q, s.transpose(longer(k), 0, 1, 3, 2), longer(v)]))
    })
  },
  {
    name: 'a softmax over queries',
    model: sketched((s) => {
      const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
      const scores = s.node('MatMul', [q, s.transpose(k, 0, 1, 3, 2)])
      return merge(
        s,
        s.node('MatMul', [s.node('Softmax', [scores], { attributes: { axis: intAttribute(2) } }), v])
      )
    })
  },
  {
    name: 'a softmax over all axes but the batch, as before opset 13 by default',
    model: sketched((s) => plain(s), 11)
  },
  {
    name: 'features of the heads interleaved',
    model: sketched((s) => {
      const interleaved = (value: string) =>
        s.transpose(s.node('Reshape', [value, s.integers([0, 0, headWidth, heads])]), 0, 3, 1, 2)
      const [q, k, v] = projections(s).map(interleaved) as [string, string, string]
      return merge(s, attend(s, [q, s.transpose(k, 0, 1, 3, 2), v]))
    })
  },
  {
    name: 'queries cut into heads without moving the frames',
    model: sketched((s) => {
      const cut = (value: string) => s.node('Reshape', [value, s.integers([0, heads, -1, headWidth])])
      const [q, k, v] = projections(s).map(cut) as [string, string, string]
      return merge(s, attend(s, [q, s.transpose(k, 0, 1, 3, 2), v]))
    })
  },
  {
    name: 'a result that stays apart by heads',
    model: sketched((s) => {
      const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
      return attend(s, [q, s.transpose(k, 0, 1, 3, 2), v])
    })
  },
  {
    name: 'values multiplied by a number',
    model: sketched((s) => {
      const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
      const doubled = s.node('Mul', [v, number(s, 'two', 2)])
      return merge(s, attend(s, [q, s.transpose(k, 0, 1, 3, 2), doubled]))
    })
  },
  {
    name: 'a scale per head',
    model: sketched((s) => {
      const perHead = s.builder.initializer(randomTensor('per_head', [1, heads, 1, 1], 4))
      return plain(s, (scores) => s.node('Mul', [scores, perHead]))
    })
  },
  {
    name: 'a scale below zero',
    model: sketched((s) => plain(s, (scores) => s.node('Mul', [scores, number(s, 'minus', -1)])))
  },
  {
    name: 'weights that are an output too',
    model: sketched((s) => {
      const [q, k, v] = projections(s).map((value) => s.toHeads(value)) as [string, string, string]
      const weights = s.node('Softmax', [s.node('MatMul', [q, s.transpose(k, 0, 1, 3, 2)])])
      s.builder.output(weights, 'float32')
      return merge(s, s.node('MatMul', [weights, v]))
    })
  },
  {
    name: 'no attention at all',
    model: sketched((s) => s.node('LeakyRelu', [s.x], { attributes: { alpha: floatAttribute(0.1) } }))
  }
]

const fusedNodes = ({ graph }: Model) => graph.nodes.filter(({ opType }) => opType === 'MultiHeadAttention')

/** The largest difference of the first outputs as a share of the largest value, over batches and lengths of its own. */
async function relativeDifference(model: Model, fused: Model): Promise<number> {
  let largest = 0
  for (const dims of [
    [1, 1, width],
    [2, 5, width],
    [3, 70, width]
  ]) {
    const feeds = { x: randomFeed(dims, dims[1]!) }
    const [wanted] = Object.values(await runModel(model, feeds))
    const [found] = Object.values(await runModel(fused, feeds))
    expect(found!.dims).toEqual(wanted!.dims)
    const scale = Math.max(...floats(wanted).map(Math.abs))
    largest = Math.max(largest, largestDifference(floats(found), floats(wanted)) / scale)
  }
  return largest
}

describe('fuseAttention', () => {
  it.each(understood)('replaces one that has $name', async ({ model, scale }) => {
    const before = structuredClone(model)
    const { model: fused, modified } = fuseAttention(model)
    expect(modified).toBe(true)
    expect(model).toEqual(before)
    assertInvariants(fused)
    expect(fused.graph.nodes.some(({ opType }) => opType === 'Softmax')).toBe(false)
    const [node, ...more] = fusedNodes(fused)
    expect(more).toEqual([])
    expect(readInt(node!, 'num_heads', 0)).toBe(heads)
    // Computed in float64 here, in float32 by the graph.
    expect(readFloat(node!, 'scale', 0)).toBeCloseTo(scale, 6)
    // Sums of some tens of float32 terms in another order.
    expect(await relativeDifference(model, fused)).toBeLessThan(1e-5)
  })

  it.each(others)('leaves as it is one that has $name', ({ model }) => {
    const result = fuseAttention(model)
    expect(result).toEqual({ model, modified: false })
    expect(result.model).toBe(model)
  })

  it.each(packedForms)(
    'never changes what a form of packed projections computes: $name',
    async ({ model }) => {
      const apart = unpackProjections(model).model
      for (const each of [model, apart]) {
        const { model: fused } = fuseAttention(each)
        assertInvariants(fused)
        expect(await relativeDifference(model, fused)).toBeLessThan(1e-5)
      }
    }
  )

  it('understands the forms of packed projections once they are apart, but for two', () => {
    const left = packedForms.filter(
      ({ model }) => fusedNodes(fuseAttention(unpackProjections(model).model).model).length === 0
    )
    expect(left.map(({ name }) => name)).toEqual([
      // Fewer heads for keys and values than for queries.
      'Split with sizes in an attribute, of fewer heads for keys and values',
      // Its projections give [frames, batch, width].
      'Unsqueeze, Transpose, Squeeze and Gathers (torch.nn.MultiheadAttention)'
    ])
  })

  it('counts the products of the fused node as those of the nodes it stands for', () => {
    const { model } = understood[0]!
    const macsOf = (each: Model) => countMacs(each, inferShapes(each, new Map([['x', [2, 7, width]]])))
    expect(macsOf(fuseAttention(model).model)).toMatchObject({ total: macsOf(model).total, uncounted: [] })
  })

  it('fuses around int8 projections, and once only', async () => {
    const { model } = understood[3]!
    const quantized = applyInt8Dynamic(model)
    const { model: fused } = fuseAttention(quantized)
    expect(fusedNodes(fused)).toHaveLength(1)
    // Activations at the border between two of 255 steps may fall to the other side.
    expect(await relativeDifference(quantized, fused)).toBeLessThan(2e-2)
    expect(fuseAttention(fused)).toEqual({ model: fused, modified: false })
  })
})

const real = resolve(import.meta.dirname, '../../../../shared/real')
const isAbsent = !existsSync(real)
const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''

describe.skipIf(isAbsent)(`real models${reason}`, () => {
  it.each([
    ['whisper-tiny-ctc/model.onnx', 4, [1, 80, 400]],
    ['whisper-tiny-ctc/model.onnx', 4, [2, 80, 122]],
    ['whisper-tiny-words/encoder_model.onnx', 4, [1, 80, 3000]]
  ])('%s keeps its outputs with %d attentions fused', async (file, count, dims) => {
    const model = decodeModel(readFileSync(resolve(real, file)))
    const { model: fused } = fuseAttention(model)
    expect(fusedNodes(fused)).toHaveLength(count)
    const feeds = { input_features: randomFeed(dims, 1) }
    const [wanted] = Object.values(await runModel(model, feeds))
    const [found] = Object.values(await runModel(fused, feeds))
    const scale = floats(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    // Sums of up to 1,500 float32 terms in another order, through four blocks.
    expect(largestDifference(floats(found), floats(wanted)) / scale).toBeLessThan(1e-4)
  })

  it.each(['kwt1/model.onnx', 'whisper-tiny-words/decoder_model_merged.onnx'])(
    '%s passes untouched',
    (file) => {
      const model = decodeModel(readFileSync(resolve(real, file)))
      expect(fuseAttention(model).model).toBe(model)
    }
  )
})
