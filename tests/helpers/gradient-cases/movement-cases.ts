import { intAttribute, intsAttribute, stringAttribute } from '../../../src-main/onnx/ir/attribute'
import type { GraphBuilder } from '../../../src-main/onnx/build/graph-builder'
import type { Attribute } from '../../../src-main/onnx/ir/model'
import { int64Tensor } from '../../../src-main/onnx/ir/tensor'
import type { GradientCase, GradientCases } from './gradient-case'

/** An operator whose other inputs are int64 constants; `undefined` leaves one out. */
function withInts(
  opType: string,
  x: readonly number[],
  constants: readonly (readonly number[] | undefined)[],
  attributes: Record<string, Attribute> = {}
): GradientCase {
  return {
    name: `[${x.join(', ')}] and ${JSON.stringify(constants)} ${Object.keys(attributes).join(', ')}`,
    inputs: { x },
    build: (b) => {
      const names = constants.map((values, index) =>
        values === undefined ? '' : b.initializer(int64Tensor(`k${index}`, [values.length], values))
      )
      return b.node(opType, ['x', ...names], { attributes })
    }
  }
}

function plain(
  opType: string,
  x: readonly number[],
  attributes: Record<string, Attribute> = {}
): GradientCase {
  return { name: `[${x.join(', ')}]`, inputs: { x }, build: (b) => b.node(opType, ['x'], { attributes }) }
}

function gather(
  opType: string,
  x: readonly number[],
  indices: { readonly dims: readonly number[]; readonly values: readonly number[] },
  attributes: Record<string, Attribute> = {}
): GradientCase {
  return {
    name: `[${x.join(', ')}] by [${indices.values.join(', ')}] of shape [${indices.dims.join(', ')}]`,
    inputs: { x },
    build: (b) =>
      b.node(opType, ['x', b.initializer(int64Tensor('indices', indices.dims, indices.values))], {
        attributes
      })
  }
}

function concat(axis: number): GradientCase {
  return {
    name: `axis ${axis}, a value twice`,
    inputs: { a: [2, 3], b: [2, 3] },
    build: (builder) => builder.node('Concat', ['a', 'b', 'a'], { attributes: { axis: intAttribute(axis) } })
  }
}

function split(b: GraphBuilder, used: readonly string[]): readonly string[] {
  const sizes = b.initializer(int64Tensor('sizes', [3], [1, 2, 1]))
  b.nodes('Split', ['x', sizes], { outputs: ['p', 'q', 'r'], attributes: { axis: intAttribute(-1) } })
  return used
}

function pad(mode: string, pads: readonly number[], axes?: readonly number[]): GradientCase {
  const inputs = axes === undefined ? [pads] : [pads, undefined, axes]
  return {
    ...withInts('Pad', [2, 4], inputs, { mode: stringAttribute(mode) }),
    name: `${mode} ${String(pads)}`
  }
}

/** By operator. */
export const movementCases: Readonly<Record<string, GradientCases>> = {
  Identity: [plain('Identity', [2, 3])],
  Reshape: [withInts('Reshape', [2, 6], [[3, -1]]), withInts('Reshape', [2, 3, 2], [[0, -1]])],
  Flatten: [plain('Flatten', [2, 3, 2]), plain('Flatten', [2, 3], { axis: intAttribute(0) })],
  Squeeze: [withInts('Squeeze', [2, 1, 3, 1], [[1, -1]])],
  Unsqueeze: [withInts('Unsqueeze', [2, 3], [[0, -1]])],
  Transpose: [
    plain('Transpose', [2, 3, 4]),
    plain('Transpose', [2, 3, 4], { perm: intsAttribute([1, 2, 0]) })
  ],
  Expand: [
    withInts('Expand', [3, 1], [[2, 3, 4]]),
    withInts('Expand', [2, 3], [[1, 3]]),
    {
      name: 'to a shape that the graph computes',
      inputs: { x: [1, 3], like: [4, 3] },
      build: (b) => b.node('Mul', [b.node('Expand', ['x', b.node('Shape', ['like'])]), 'like'])
    }
  ],
  Tile: [withInts('Tile', [2, 3], [[2, 1]]), withInts('Tile', [2, 1, 2], [[1, 3, 2]])],
  Concat: [concat(0), concat(-1)],
  Split: [
    { name: 'all parts', inputs: { x: [2, 4] }, build: (b) => split(b, ['p', 'q', 'r']) },
    { name: 'one part used', inputs: { x: [2, 4] }, build: (b) => split(b, ['q']) }
  ],
  Slice: [
    withInts('Slice', [4, 5], [[1], [3], [0]]),
    withInts(
      'Slice',
      [4, 5],
      [
        [0, 1],
        [2, 9],
        [0, 1]
      ]
    ),
    withInts('Slice', [4, 5], [[-3], [-1], [-1]]),
    withInts('Slice', [4, 5], [[-1], [-9], [1], [-2]]),
    withInts('Slice', [4, 5], [[0, 1], [4, 5], undefined, [2, 3]]),
    withInts('Slice', [4], [[9], [2], [0], [-1]])
  ],
  Gather: [
    gather('Gather', [4, 2], { dims: [2, 3], values: [0, 2, 2, 3, -1, 0] }),
    gather('Gather', [4], { dims: [3], values: [1, 1, 3] }),
    gather('Gather', [3, 2], { dims: [], values: [1] }),
    gather('Gather', [2, 4, 2], { dims: [2], values: [3, 3] }, { axis: intAttribute(1) }),
    gather('Gather', [2, 3], { dims: [], values: [-1] }, { axis: intAttribute(-1) })
  ],
  GatherElements: [
    gather('GatherElements', [3, 2], { dims: [2, 2], values: [0, 2, 2, -1] }),
    gather('GatherElements', [2, 3], { dims: [2, 2], values: [0, 0, 2, 1] }, { axis: intAttribute(1) })
  ],
  GatherND: [
    gather('GatherND', [2, 3, 2], { dims: [2, 2], values: [0, 1, 0, 1] }),
    gather('GatherND', [2, 3, 2], { dims: [2, 1], values: [2, 0] }, { batch_dims: intAttribute(1) })
  ],
  Pad: [
    pad('constant', [1, 0, 2, 3]),
    pad('constant', [0, -1, 1, 2]),
    pad('reflect', [0, 2, 1, 3]),
    pad('edge', [1, 0, 0, 2]),
    pad('constant', [1, 2], [1])
  ]
}
