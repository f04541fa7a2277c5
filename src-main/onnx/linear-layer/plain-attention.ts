/**
 * Self-attention without a mask, told by where its elements come from: softmax(s · Q·Kᵀ) · V per head.
 *
 * No exporter's form is known by name. At sizes that are all known, places in Q, K, V and the result are followed back
 * through whatever moves them; the attention is understood when they come from values [batch, frames, heads · width] with that
 * meaning. Whatever else is in the way (a mask, a relative position, a cache) makes it another attention.
 */
import { readInt } from '../ir/attribute'
import type { Node } from '../ir/model'
import { elementCount } from '../ir/tensor'
import { shapeOf, type ShapeTable } from '../shapes/infer-shapes'
import type { GraphScope } from './graph-scope'
import { knownDims, placesBefore, somePlaces } from './moved-elements'
import { scalarValue } from './scalar-value'
import { isStandardOperator } from '../ir/operator-domains'

/** Nodes between a projection and its product: exporters leave under ten. */
const mostSteps = 20

/** Values [batch, frames, heads · width] that one attention reads and gives. */
export interface PlainAttention {
  readonly q: string
  readonly k: string
  readonly v: string
  readonly output: string
  readonly heads: number
  /** What the products of queries and keys are multiplied by, above 0, in float32. */
  readonly scale: number
}

/** A graph with all sizes known. */
export interface SizedScope {
  readonly scope: GraphScope
  readonly shapes: ShapeTable
  /** Version of the default domain. */
  readonly opset: number
}

/** The attention whose weights are the Softmax output `weights`; undefined when it is not fully understood. */
export function findPlainAttention(sized: SizedScope, weights: string): PlainAttention | undefined {
  const { scope, shapes } = sized
  const softmax = scope.index.producer(weights)
  const [mixed, ...others] = scope.index.consumers(weights)
  if (softmax === undefined || !isOverLastAxis(sized, softmax)) return undefined
  if (mixed === undefined || others.length > 0 || !isProduct(mixed) || mixed.inputs[0] !== weights)
    return undefined
  const scores = behindScales(sized, softmax.inputs[0] ?? '')
  const product = scope.index.producer(scores.value)
  if (product === undefined || !isProduct(product)) return undefined
  const q = findFrames(sized, product.inputs[0] ?? '', 'rows')
  const k = findFrames(sized, product.inputs[1] ?? '', 'columns')
  const v = findFrames(sized, mixed.inputs[1] ?? '', 'rows')
  if (q === undefined || k === undefined || v?.scale !== 1) return undefined
  // Keys and values of as many frames and heads: one sequence, and nothing is broadcast.
  if (q.layout !== k.layout || q.layout !== v.layout) return undefined
  const scale = Math.fround(scores.scale * q.scale * k.scale)
  const output = findMerged(sized, mixed.outputs[0] ?? '', q)
  if (output === undefined || !(scale > 0) || shapeOf(shapes, output)?.dataType !== 'float32')
    return undefined
  return { q: q.value, k: k.value, v: v.value, output, heads: q.heads, scale }
}

function isOverLastAxis({ shapes, opset }: SizedScope, softmax: Node): boolean {
  const rank = knownDims(shapes, softmax.inputs[0] ?? '')?.length
  if (softmax.opType !== 'Softmax' || !isStandardOperator(softmax) || rank === undefined) return false
  // Before opset 13 the default is another axis.
  const axis = readInt(softmax, 'axis', opset < 13 ? 1 : -1)
  return axis === -1 || axis === rank - 1
}

function isProduct(node: Node): boolean {
  return node.opType === 'MatMul' && isStandardOperator(node)
}

interface Scaled {
  readonly value: string
  readonly scale: number
}

/** The value that `node` multiplies or divides by one known number. */
function unscaled({ scope, shapes }: SizedScope, node: Node): Scaled | undefined {
  if (!isStandardOperator(node) || (node.opType !== 'Mul' && node.opType !== 'Div')) return undefined
  const [a = '', b = ''] = node.inputs
  const second = scalarValue(scope, shapes, b)
  if (second !== undefined) return { value: a, scale: node.opType === 'Mul' ? second : 1 / second }
  const first = node.opType === 'Mul' ? scalarValue(scope, shapes, a) : undefined
  return first === undefined ? undefined : { value: b, scale: first }
}

function behindScales(sized: SizedScope, start: string): Scaled {
  let current: Scaled = { value: start, scale: 1 }
  for (let steps = 0; steps < mostSteps; steps++) {
    const producer = sized.scope.index.producer(current.value)
    const before = producer && unscaled(sized, producer)
    if (before === undefined) break
    current = { value: before.value, scale: before.scale * current.scale }
  }
  return current
}

interface Heads {
  readonly heads: number
  readonly headWidth: number
}

interface Frames extends Scaled, Heads {
  /** Equal for operands of equal batch, heads, frames and width. */
  readonly layout: string
}

/**
 * The value [batch, frames, heads · width] whose heads `operand` holds.
 *
 * - `frames`  along which of the operand's last two axes the frames are: rows, or columns for keys.
 */
function findFrames(sized: SizedScope, operand: string, frames: 'rows' | 'columns'): Frames | undefined {
  const dims = knownDims(sized.shapes, operand)
  if (dims === undefined || dims.length < 3) return undefined
  const [rows, columns] = dims.slice(-2) as [number, number]
  const [frameCount, headWidth] = frames === 'rows' ? [rows, columns] : [columns, rows]
  const leading = dims.slice(0, -2)
  const count = elementCount(dims)
  const start = somePlaces(count)
  let [value, scale, places] = [operand, 1, start]
  for (let steps = 0; steps < mostSteps; steps++) {
    const split = headsOf(sized.shapes, value, { frameCount, headWidth, sequences: elementCount(leading) })
    if (split !== undefined && start.every((place, index) => places[index] === merged(place, split))) {
      return { value, scale, ...split, layout: [...leading, frameCount, headWidth].join() }
    }
    const producer = sized.scope.index.producer(value)
    if (producer === undefined) return undefined
    const before = unscaled(sized, producer)
    const moved = before === undefined ? placesBefore(sized, producer, places) : places
    if (moved === undefined) return undefined
    places = moved
    value = before?.value ?? producer.inputs[0] ?? ''
    scale *= before?.scale ?? 1
  }
  return undefined

  /** Where an element of the operand belongs in [batch, frames, heads · width]. */
  function merged(place: number, { heads }: Heads): number {
    const within = place % (frameCount * headWidth)
    const head = (place - within) / (frameCount * headWidth)
    const [frame, feature] =
      frames === 'rows'
        ? [Math.floor(within / headWidth), within % headWidth]
        : [within % frameCount, Math.floor(within / frameCount)]
    return placeOf(head, frame, feature, { heads, headWidth, frameCount })
  }
}

function placeOf(
  head: number,
  frame: number,
  feature: number,
  { heads, headWidth, frameCount }: Heads & { readonly frameCount: number }
): number {
  const batch = Math.floor(head / heads)
  return ((batch * frameCount + frame) * heads + (head % heads)) * headWidth + feature
}

/** How many heads, two at least, a float32 value has if it is [batch, frames, heads · width] with `sequences` heads in all. */
function headsOf(
  shapes: ShapeTable,
  value: string,
  { frameCount, headWidth, sequences }: Record<'frameCount' | 'headWidth' | 'sequences', number>
): Heads | undefined {
  const dims = knownDims(shapes, value)
  if (dims?.length !== 3 || shapeOf(shapes, value)?.dataType !== 'float32') return undefined
  const [batch, frames, width] = dims as [number, number, number]
  const heads = width / headWidth
  // A batch that holds the heads too looks like one head; the value before that split is meant.
  const isSplit = Number.isInteger(heads) && heads > 1 && frames === frameCount && batch * heads === sequences
  return isSplit ? { heads, headWidth } : undefined
}

/** The value [batch, frames, heads · width] that the heads of `mixed` [.., frames, width] are merged into. */
function findMerged(sized: SizedScope, mixed: string, { heads, headWidth }: Heads): string | undefined {
  const { scope, shapes } = sized
  const dims = knownDims(shapes, mixed)
  if (dims === undefined) return undefined
  const frameCount = dims.at(-2) ?? 0
  const sequences = elementCount(dims.slice(0, -2))
  const moves: Node[] = []
  let value = mixed
  for (let steps = 0; steps < mostSteps; steps++) {
    if (headsOf(shapes, value, { frameCount, headWidth, sequences })?.heads === heads && isMerged(value)) {
      return value
    }
    // Besides being moved on, a value is at most asked for its shape.
    const next = scope.index.consumers(value).filter(({ opType }) => opType !== 'Shape')
    if (next.length !== 1 || next[0]!.inputs[0] !== value) return undefined
    moves.unshift(next[0]!)
    value = next[0]!.outputs[0] ?? ''
  }
  return undefined

  function isMerged(candidate: string): boolean {
    const start = somePlaces(elementCount(knownDims(shapes, candidate) ?? []))
    let places: Float64Array | undefined = start
    for (const node of moves) places = places && placesBefore(sized, node, places)
    return (
      places?.every((place, index) => {
        const feature = place % headWidth
        const frame = Math.floor(place / headWidth) % frameCount
        const head = Math.floor(place / (headWidth * frameCount))
        return placeOf(head, frame, feature, { heads, headWidth, frameCount }) === start[index]
      }) === true
    )
  }
}
