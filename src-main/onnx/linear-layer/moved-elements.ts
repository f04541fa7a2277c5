/**
 * Where the elements of a value come from, through nodes that only move them.
 *
 * Exporters write the split into heads in a dozen ways. None of them needs to be known by name: at sizes that are all known
 * each move is a map of places, and following some places backwards tells what the whole chain does.
 */
import { readInt, readInts } from '../ir/attribute'
import type { Node } from '../ir/model'
import { elementCount } from '../ir/tensor'
import { shapeOf, type ShapeTable } from '../shapes/infer-shapes'
import type { GraphScope } from './graph-scope'
import { storedIntegers } from './stored-integers'
import { isStandardOperator } from '../ir/operator-domains'

/** Places that are followed of a larger value; a move is regular, so that what holds for so many holds for all. */
const mostPlaces = 2 ** 13

/** Some places of a value of `count` elements, all of them where they are few: spread over all axes, in ascending order. */
export function somePlaces(count: number): Float64Array {
  if (count <= mostPlaces) return Float64Array.from({ length: count }, (_, place) => place)
  const places = Float64Array.from({ length: mostPlaces }, (_, index) =>
    // The fraction's multiples are spread evenly and meet no power of two or ten.
    Math.floor(((index * 0.618_033_988_749_894_9) % 1) * count)
  )
  places.set([0, count - 1])
  return places.sort()
}

/** The shape of a value when every size is known, else undefined. */
export function knownDims(shapes: ShapeTable, value: string): readonly number[] | undefined {
  const dims = shapeOf(shapes, value)?.dims
  const isKnown = (sizes: typeof dims): sizes is readonly number[] =>
    sizes?.every((size) => size !== undefined) === true
  return isKnown(dims) ? dims : undefined
}

/**
 * For places of the output of `node` (row-major numbers) their places in its first input; undefined when the node does more
 * than move elements, or when it cannot be told where.
 */
export function placesBefore(
  { scope, shapes }: { readonly scope: GraphScope; readonly shapes: ShapeTable },
  node: Node,
  places: Float64Array
): Float64Array | undefined {
  if (!isStandardOperator(node)) return undefined
  const before = knownDims(shapes, node.inputs[0] ?? '')
  const after = knownDims(shapes, node.outputs[0] ?? '')
  if (before === undefined || after === undefined) return undefined
  switch (node.opType) {
    case 'Identity':
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Flatten':
      return elementCount(before) === elementCount(after) ? places : undefined
    case 'Transpose': {
      const permutation = readInts(node, 'perm') ?? before.map((_, axis) => before.length - 1 - axis)
      const strides = rowMajorStrides(before)
      const moved = permutation.map((axis) => strides[axis]!)
      return places.map((place) => dot(place, after, moved))
    }
    case 'Gather':
      return gathered(pickedIndex(scope, shapes, node), node, places, before)
    default:
      return undefined
  }
}

/** The index that a Gather picks along its axis, which the output does not have any more; undefined for several. */
function pickedIndex(scope: GraphScope, shapes: ShapeTable, { inputs }: Node): number | undefined {
  const pick = inputs[1] ?? ''
  return knownDims(shapes, pick)?.length === 0 ? storedIntegers(scope.index, pick)?.[0] : undefined
}

function gathered(
  index: number | undefined,
  node: Node,
  places: Float64Array,
  before: readonly number[]
): Float64Array | undefined {
  if (index === undefined) return undefined
  const axis = (readInt(node, 'axis', 0) + before.length) % before.length
  const inner = elementCount(before.slice(axis + 1))
  const size = before[axis]!
  const picked = index < 0 ? index + size : index
  return places.map((place) => (Math.floor(place / inner) * size + picked) * inner + (place % inner))
}

function rowMajorStrides(dims: readonly number[]): number[] {
  return dims.map((_, axis) => elementCount(dims.slice(axis + 1)))
}

/** The place with other strides: Σ (index along each axis of `dims`) · stride. */
function dot(place: number, dims: readonly number[], strides: readonly number[]): number {
  let [rest, sum] = [place, 0]
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const size = dims[axis]!
    sum += (rest % size) * strides[axis]!
    rest = Math.floor(rest / size)
  }
  return sum
}
