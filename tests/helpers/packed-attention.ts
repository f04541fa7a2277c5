/** Self-attention with packed projections, in the forms in which exporters write it. */
import type { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  tensorAttribute
} from '../../src-main/onnx/ir/attribute'
import type { Model } from '../../src-main/onnx/ir/model'
import { float32Tensor, int64Tensor } from '../../src-main/onnx/ir/tensor'
import { buildModel, randomTensor } from './linear-models'

export const [batch, frames, heads, headWidth] = [2, 5, 2, 3]
export const width = heads * headWidth

/** q, k and v as [batch, heads, frames, headWidth]. */
export type Projected = readonly [q: string, k: string, v: string]

export interface PackedForm {
  readonly name: string
  readonly model: Model
}

/** A graph of one attention between `x` and `y`; sizes of batch and time are not stored in it. */
export class AttentionSketch {
  readonly builder: GraphBuilder
  readonly x: string
  #count = 0

  constructor(builder: GraphBuilder) {
    this.builder = builder
    this.x = builder.input('x', 'float32', ['batch', 'frames', width])
  }

  integers(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.builder.initializer(int64Tensor(`i${this.#count++}`, dims, values))
  }

  scalar(value: number): string {
    return this.integers([value], [])
  }

  /** x · W + b, [.., in] to [.., out]. */
  linear(x: string, name: string, [inFeatures, outFeatures]: readonly [number, number]): string {
    const w = this.builder.initializer(randomTensor(`${name}.weight`, [inFeatures, outFeatures], name.length))
    const b = this.builder.initializer(randomTensor(`${name}.bias`, [outFeatures], name.length + 1))
    const product = this.builder.node('MatMul', [x, w], {
      name: `/${name}/MatMul`,
      outputs: [`${name}_product`]
    })
    return this.builder.node('Add', [b, product], { outputs: [`${name}_sum`] })
  }

  node(
    opType: string,
    inputs: readonly string[],
    attributes: Parameters<GraphBuilder['node']>[2] = {}
  ): string {
    return this.builder.node(opType, inputs, attributes)
  }

  /** Equal parts of `x` along an axis. */
  split(x: string, axis: number, outputs: readonly string[]): readonly string[] {
    const attributes = { axis: intAttribute(axis), num_outputs: intAttribute(outputs.length) }
    return this.builder.nodes('Split', [x], { outputs, attributes })
  }

  transpose(x: string, ...perm: readonly number[]): string {
    return this.node('Transpose', [x], { attributes: { perm: intsAttribute(perm) } })
  }

  gather(x: string, index: number, axis = 0): string {
    return this.node('Gather', [x, this.scalar(index)], { attributes: { axis: intAttribute(axis) } })
  }

  /** The sizes of `value` along its first two axes, each as [1]. */
  leadingSizes(value: string): [string, string] {
    const shape = this.node('Shape', [value])
    return [0, 1].map((axis) => this.node('Gather', [shape, this.integers([axis])])) as [string, string]
  }

  concat(...pieces: readonly string[]): string {
    return this.node('Concat', pieces, { attributes: { axis: intAttribute(0) } })
  }

  /** [batch, frames, width] to [batch, heads, frames, headWidth]. */
  toHeads(value: string, count = heads): string {
    return this.transpose(this.node('Reshape', [value, this.integers([0, 0, count, headWidth])]), 0, 2, 1, 3)
  }

  /** softmax(q · kᵀ) · v and the output projection. */
  finish([q, k, v]: Projected): void {
    const scale = this.builder.initializer(float32Tensor('scale', [], Float32Array.of(0.5)))
    const scaled = this.node('Mul', [q, scale])
    const scores = this.node('MatMul', [scaled, this.transpose(k, 0, 1, 3, 2)])
    const mixed = this.node('MatMul', [this.node('Softmax', [scores]), v])
    const merged = this.node('Reshape', [this.transpose(mixed, 0, 2, 1, 3), this.integers([0, 0, width])])
    this.builder.output(this.linear(merged, 'out_proj', [width, width]), 'float32')
  }
}

function form(name: string, project: (sketch: AttentionSketch) => Projected, opset?: number): PackedForm {
  const model = buildModel((builder) => {
    const sketch = new AttentionSketch(builder)
    sketch.finish(project(sketch))
  }, opset)
  return { name, model }
}

/** Three values by the same recipe, for q, k and v. */
function each(make: (part: number) => string): Projected {
  return [make(0), make(1), make(2)]
}

function qkv(s: AttentionSketch): string {
  return s.linear(s.x, 'qkv', [width, 3 * width])
}

const names = ['q_part', 'k_part', 'v_part']

export const packedForms: readonly PackedForm[] = [
  form('Split of the features', (s) => {
    const parts = s.builder.nodes('Split', [qkv(s), s.integers([width, width, width])], {
      outputs: names,
      attributes: { axis: intAttribute(-1) }
    })
    return each((part) => s.toHeads(parts[part]!))
  }),
  form(
    'Split with sizes in an attribute, of fewer heads for keys and values',
    (s) => {
      const packed = s.linear(s.x, 'qkv', [width, width + 2 * headWidth])
      const parts = s.builder.nodes('Split', [packed], {
        outputs: names,
        attributes: { axis: intAttribute(2), split: intsAttribute([width, headWidth, headWidth]) }
      })
      return [s.toHeads(parts[0]!), s.toHeads(parts[1]!, 1), s.toHeads(parts[2]!, 1)]
    },
    11
  ),
  form('Slices of the features', (s) => {
    const packed = qkv(s)
    return each((part) => {
      const end = part === 2 ? 2 ** 31 - 1 : (part + 1) * width
      const slice = [s.integers([part * width]), s.integers([end]), s.integers([-1])]
      return s.toHeads(s.node('Slice', [packed, ...slice]))
    })
  }),
  form(
    'Reshape to five axes, Transpose and Gathers, over sizes computed from the input (timm, ViT, KWT)',
    (s) => {
      const [b, t] = s.leadingSizes(s.x)
      const shape = s.concat(b, t, s.integers([3]), s.integers([heads]), s.integers([headWidth]))
      const moved = s.transpose(s.node('Reshape', [qkv(s), shape]), 2, 0, 3, 1, 4)
      return each((part) => s.gather(moved, part - (part === 2 ? 3 : 0)))
    }
  ),
  form('the same, the width of a head computed from the input too (older timm)', (s) => {
    const shapeOfInput = s.node('Shape', [s.x])
    const [b, t, d] = [0, 1, 2].map((axis) => s.node('Gather', [shapeOfInput, s.integers([axis])])) as [
      string,
      string,
      string
    ]
    const shape = s.concat(b, t, s.integers([3, heads]), s.node('Div', [d, s.integers([heads])]))
    const moved = s.transpose(s.node('Reshape', [qkv(s), shape]), 2, 0, 3, 1, 4)
    return each((part) => s.gather(moved, part))
  }),
  form('the same with a stored shape, then Split and Squeeze (unbind)', (s) => {
    const moved = s.transpose(
      s.node('Reshape', [qkv(s), s.integers([0, -1, 3, heads, headWidth])]),
      2,
      0,
      3,
      1,
      4
    )
    const parts = s.split(moved, 0, names)
    return each((part) => s.node('Squeeze', [parts[part]!, s.integers([0])]))
  }),
  form('Unsqueeze, Transpose, Squeeze and Gathers (torch.nn.MultiheadAttention)', (s) => {
    // Time first, as torch has it; the sizes are asked of the packed value itself.
    const packed = s.linear(s.transpose(s.x, 1, 0, 2), 'in_proj', [width, 3 * width])
    const leading = s.node('Slice', [
      s.node('Shape', [packed]),
      s.integers([0]),
      s.integers([-1]),
      s.integers([0])
    ])
    const unflattened = s.node('Reshape', [packed, s.concat(leading, s.integers([3, width]))])
    const moved = s.transpose(s.node('Unsqueeze', [unflattened, s.integers([0])]), 3, 1, 2, 0, 4)
    const stacked = s.node('Squeeze', [moved, s.integers([-2])])
    return each((part) => {
      const [t] = s.leadingSizes(s.x).reverse()
      const apart = s.node('Reshape', [s.gather(stacked, part), s.concat(t!, s.integers([-1, headWidth]))])
      const byHead = s.transpose(apart, 1, 0, 2)
      return s.node('Reshape', [byHead, s.concat(s.integers([-1, heads]), t!, s.integers([headWidth]))])
    })
  }),
  form('parts within each head (Megatron)', (s) => {
    const apart = s.node('Reshape', [qkv(s), s.integers([0, 0, heads, 3 * headWidth])])
    const parts = s.split(s.transpose(apart, 0, 2, 1, 3), 3, names)
    return each((part) => parts[part]!)
  }),
  form('parts innermost (einops "h d qkv")', (s) => {
    const moved = s.transpose(
      s.node('Reshape', [qkv(s), s.integers([0, 0, heads, headWidth, 3])]),
      4,
      0,
      2,
      1,
      3
    )
    return each((part) => s.gather(moved, part))
  }),
  form('Gemm over rows, its weight transposed, and a Split after the Reshape', (s) => {
    const rows = s.node('Reshape', [s.x, s.integers([-1, width])])
    const w = s.builder.initializer(randomTensor('qkv.weight', [3 * width, width], 1))
    const c = s.builder.initializer(randomTensor('qkv.bias', [3 * width], 2))
    const packed = s.node('Gemm', [rows, w, c], {
      name: '/qkv/Gemm',
      attributes: { transB: intAttribute(1), alpha: floatAttribute(0.5), beta: floatAttribute(-2) }
    })
    const [b, t] = s.leadingSizes(s.x)
    const apart = s.node('Reshape', [packed, s.concat(b, t, s.integers([3 * width]))])
    const parts = s.split(apart, 2, names)
    return each((part) => s.toHeads(parts[part]!))
  }),
  form('queries apart, keys and values packed', (s) => {
    const q = s.linear(s.x, 'to_q', [width, width])
    const parts = s.split(s.linear(s.x, 'to_kv', [width, 2 * width]), -1, names.slice(1))
    return [s.toHeads(q), s.toHeads(parts[0]!), s.toHeads(parts[1]!)]
  }),
  form('keys and values packed inside what is packed', (s) => {
    const attributes = { axis: intAttribute(-1) }
    const sizes = s.integers([width, 2 * width])
    const [q, kv] = s.builder.nodes('Split', [qkv(s), sizes], { outputs: ['q_part', 'kv_part'], attributes })
    const parts = s.split(kv!, -1, names.slice(1))
    return [s.toHeads(q!), s.toHeads(parts[0]!), s.toHeads(parts[1]!)]
  }),
  form('without names or biases, indices in Constant nodes', (s) => {
    const w = s.builder.initializer(randomTensor('w', [width, 3 * width], 1))
    const packed = s.node('MatMul', [s.x, w], { name: '' })
    const moved = s.transpose(
      s.node('Reshape', [packed, s.integers([0, 0, 3, heads, headWidth])]),
      2,
      0,
      3,
      1,
      4
    )
    return each((part) => {
      const value = tensorAttribute(int64Tensor('', [], [part]))
      return s.node('Gather', [moved, s.node('Constant', [], { attributes: { value } })])
    })
  })
]
