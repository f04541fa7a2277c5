/**
 * Which sizes of a model are the same whatever they are. Shape inference leaves a size that is not bound open; a rule must then
 * let the graph find out, at every run, whether it was broadcast. Here an open size has a symbol, and two axes with the same
 * symbol always have the same size: x and σ(x), or both sides of a residual connection.
 */
import { readInt, readInts } from '../onnx/ir/attribute'
import type { Model, Node } from '../onnx/ir/model'
import type { ShapeTable } from '../onnx/shapes/infer-shapes'

/** A number, or the symbol of one that is only known at run time. */
export type Size = number | string

export type Sizes = readonly Size[]

/** The symbol of a size that first turns up in `value`. */
export function ownSize(value: string, axis: number): string {
  return `${value}:${axis}`
}

/** Where a symbol turned up. */
export function ownerOf(symbol: string): { readonly owner: string; readonly axis: number } {
  const colon = symbol.lastIndexOf(':')
  return { owner: symbol.slice(0, colon), axis: Number(symbol.slice(colon + 1)) }
}

/** Values whose first output has the shape of their first input. */
const shapeKeepers: ReadonlySet<string> = new Set(
  (
    'Identity Cast Neg Abs Reciprocal Sqrt Exp Log Sin Cos Erf Tanh Sigmoid Softplus Gelu Relu LeakyRelu Elu HardSigmoid ' +
    'HardSwish Softmax LogSoftmax LayerNormalization BatchNormalization InstanceNormalization GroupNormalization Dropout ' +
    'Clip CumSum Trilu Not Floor Ceil Round Sign IsNaN'
  ).split(' ')
)

const broadcasters: ReadonlySet<string> = new Set(
  'Add Sub Mul Div Pow Sum Mean Max Min Where PRelu Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor'.split(
    ' '
  )
)

/**
 * The sizes of all values of the main graph whose rank is known. Axes of inputs that the model calls by one name have one size:
 * a batch that broadcasts against itself would break that promise.
 *
 * Conservative: different symbols may well stand for equal sizes.
 */
export function symbolicSizes(
  model: Model,
  shapes: ShapeTable,
  knownElements: (value: string) => readonly number[] | undefined
): ReadonlyMap<string, Sizes> {
  const walk = new SizeWalk(shapes, knownElements)
  const named = new Map<string, string>()
  for (const { name, type } of model.graph.inputs) {
    const dims = type?.kind === 'tensor' ? type.dims : undefined
    const own = dims?.map((dim, axis) => {
      if (typeof dim !== 'string') return undefined
      if (!named.has(dim)) named.set(dim, ownSize(name, axis))
      return named.get(dim)
    })
    walk.settle(name, own)
  }
  for (const { name } of model.graph.initializers.values()) walk.settle(name, undefined)
  for (const node of model.graph.nodes) walk.visit(node)
  return walk.sizes
}

class SizeWalk {
  readonly sizes = new Map<string, Sizes>()
  /** Elements of small vectors of sizes. */
  readonly #vectors = new Map<string, Sizes>()
  readonly #shapes: ShapeTable
  readonly #knownElements: (value: string) => readonly number[] | undefined

  constructor(shapes: ShapeTable, knownElements: (value: string) => readonly number[] | undefined) {
    this.#shapes = shapes
    this.#knownElements = knownElements
  }

  /** What inference knows comes first, then `found`, then a symbol of its own. */
  settle(value: string, found: readonly (Size | undefined)[] | undefined): void {
    const dims = this.#shapes.values.get(value)?.dims ?? found
    if (dims === undefined) return
    const isFitting = found?.length === dims.length
    this.sizes.set(
      value,
      dims.map((dim, axis) => {
        const own = isFitting ? found[axis] : undefined
        return (typeof dim === 'number' ? dim : own) ?? ownSize(value, axis)
      })
    )
  }

  visit(node: Node): void {
    const elements = this.#elementsOf(node)
    if (elements !== undefined) this.#vectors.set(node.outputs[0]!, elements)
    const found = this.#outputSizes(node)
    node.outputs.forEach((output, index) => {
      if (output !== '') this.settle(output, index === 0 || node.opType === 'Split' ? found : undefined)
    })
  }

  #outputSizes(node: Node): readonly (Size | undefined)[] | undefined {
    const { opType, inputs } = node
    const [first] = inputs.map((input) => this.sizes.get(input))
    if (shapeKeepers.has(opType)) return first
    if (broadcasters.has(opType)) return this.#broadcast(inputs.map((input) => this.sizes.get(input)))
    if (opType === 'Reshape') return this.#reshaped(node, first)
    if (opType === 'Range') return this.#counted(inputs)
    if (opType === 'Expand') return this.#broadcast([first, this.#elements(inputs[1])])
    if (first === undefined) return undefined
    if (opType === 'MatMul') return this.#product(first, this.sizes.get(inputs[1]!))
    if (opType === 'Transpose') {
      return (readInts(node, 'perm') ?? first.map((_, axis) => first.length - 1 - axis)).map(
        (axis) => first[axis]
      )
    }
    return this.#exceptTouched(node, first)
  }

  #broadcast(operands: readonly (Sizes | undefined)[]): readonly (Size | undefined)[] | undefined {
    if (operands.some((operand) => operand === undefined)) return undefined
    const rank = Math.max(...operands.map((operand) => operand!.length))
    return Array.from({ length: rank }, (_, axis) => {
      const sizes = new Set(operands.map((operand) => operand![axis - rank + operand!.length] ?? 1))
      sizes.delete(1)
      const [size, ...others] = sizes
      return others.length > 0 ? undefined : (size ?? 1)
    })
  }

  #product(a: Sizes, b: Sizes | undefined): readonly (Size | undefined)[] | undefined {
    if (b === undefined || a.length < 2 || b.length < 2) return undefined
    const stack = this.#broadcast([a.slice(0, -2), b.slice(0, -2)])
    return [...(stack ?? []), a.at(-2), b.at(-1)]
  }

  /** 0, 1, ... up to a size. */
  #counted([start = '', limit, step = '']: readonly string[]): readonly (Size | undefined)[] | undefined {
    const isFromZero = this.#knownElements(start)?.[0] === 0 && this.#knownElements(step)?.[0] === 1
    return isFromZero ? this.#elements(limit) : undefined
  }

  #reshaped(node: Node, from: Sizes | undefined): readonly (Size | undefined)[] | undefined {
    const isCopying = readInt(node, 'allowzero', 0) === 0
    const wanted = this.#elements(node.inputs[1])?.map((size, axis) =>
      size === 0 && isCopying ? from?.[axis] : size
    )
    return wanted?.map((size) => (size === -1 && from !== undefined ? remainder(from, wanted) : size))
  }

  /** Operators that change the sizes of some axes and leave the others alone. */
  #exceptTouched(node: Node, from: Sizes): readonly (Size | undefined)[] | undefined {
    const { opType, inputs } = node
    const without = (axes: readonly number[] | undefined) =>
      axes &&
      from.map((size, axis) => (axes.includes(axis) || axes.includes(axis - from.length) ? undefined : size))
    if (opType === 'Split' || opType === 'Concat') return without([readInt(node, 'axis', 0)])
    if (opType === 'Slice') return without(this.#knownElements(inputs[3] ?? ''))
    if (opType === 'Conv')
      return from.map((size, axis) => (this.#isKeptByConv(node, axis) ? size : undefined))
    const axes = readInts(node, 'axes') ?? this.#knownElements(inputs[1] ?? '')
    if (opType.startsWith('Reduce') && readInt(node, 'keepdims', 1) === 1) return without(axes)
    if (opType === 'Squeeze' || opType === 'Unsqueeze') {
      return this.#moved(from, axes, opType === 'Squeeze' ? -1 : 1)
    }
    return undefined
  }

  /** The batch, and axes along which as much is padded as the kernel takes away. */
  #isKeptByConv(node: Node, axis: number): boolean {
    if (axis === 0) return true
    if (axis === 1) return false
    const spatial = axis - 2
    const kernel = this.sizes.get(node.inputs[1] ?? '')?.[axis]
    const pads = readInts(node, 'pads') ?? []
    const padding = (pads[spatial] ?? 0) + (pads[spatial + pads.length / 2] ?? 0)
    const dilation = readInts(node, 'dilations')?.[spatial] ?? 1
    const isPadded = typeof kernel === 'number' && padding === dilation * (kernel - 1)
    return isPadded && (readInts(node, 'strides')?.[spatial] ?? 1) === 1 && !node.attributes.has('auto_pad')
  }

  #moved(from: Sizes, axes: readonly number[] | undefined, direction: 1 | -1): Sizes | undefined {
    if (axes === undefined) return undefined
    const rank = direction === 1 ? from.length + axes.length : from.length
    const touched = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)))
    if (direction === -1) return from.filter((_, axis) => !touched.has(axis))
    const rest = from.values()
    return Array.from({ length: rank }, (_, axis) => (touched.has(axis) ? 1 : rest.next().value!))
  }

  #elements(value = ''): Sizes | undefined {
    return this.#vectors.get(value) ?? this.#knownElements(value)
  }

  /** Sizes on their way from a Shape to a Reshape. */
  #elementsOf(node: Node): Sizes | undefined {
    const { opType, inputs } = node
    const [first = ''] = inputs
    switch (opType) {
      case 'Shape':
        return this.sizes.get(first)?.slice(readInt(node, 'start', 0), readInt(node, 'end', Infinity))
      case 'Identity':
      case 'Cast':
      case 'Squeeze':
      case 'Unsqueeze':
        return this.#vectors.get(first)
      case 'Gather': {
        const picked = this.#knownElements(inputs[1] ?? '')?.map((index) =>
          this.#vectors.get(first)?.at(index)
        )
        return picked?.every((size) => size !== undefined) ? picked : undefined
      }
      case 'Concat': {
        const parts = inputs.map((input) => this.#elements(input))
        return parts.every((part) => part !== undefined) && inputs.some((input) => this.#vectors.has(input))
          ? parts.flat()
          : undefined
      }
      default:
        return undefined
    }
  }
}

/** What the size −1 of a Reshape stands for: what is left of `from` when everything else in `wanted` is taken away. */
function remainder(from: Sizes, wanted: readonly (Size | undefined)[]): Size | undefined {
  const symbols = from.filter((size) => typeof size === 'string')
  let count = from.reduce<number>((product, size) => (typeof size === 'number' ? product * size : product), 1)
  for (const size of wanted) {
    if (size === -1) continue
    if (typeof size === 'number') {
      count /= size
      continue
    }
    const found = symbols.findIndex((symbol) => symbol === size)
    if (found === -1) return undefined
    symbols.splice(found, 1)
  }
  if (symbols.length === 1 && count === 1) return symbols[0]
  return symbols.length === 0 && Number.isInteger(count) ? count : undefined
}
