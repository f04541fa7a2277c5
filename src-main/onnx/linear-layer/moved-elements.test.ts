import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../build/graph-builder'
import { intAttribute, intsAttribute } from '../ir/attribute'
import { int64Tensor } from '../ir/tensor'
import { inferShapes } from '../shapes/infer-shapes'
import { graphScopes } from './graph-scope'
import { placesBefore, somePlaces } from './moved-elements'

/** Where the elements of one node's output were in its input [2, 3, 4]. */
function placesOf(add: (builder: GraphBuilder, x: string) => string): readonly number[] | undefined {
  const builder = new GraphBuilder('moves')
  const y = add(builder, builder.input('x', 'float32', [2, 3, 4]))
  builder.output(y, 'float32')
  const model = builder.build()
  const [scope] = graphScopes(model)
  const shapes = inferShapes(model)
  const node = scope!.index.producer(y)!
  const found = placesBefore({ scope: scope!, shapes }, node, somePlaces(24))
  return found && [...found]
}

const index = (b: GraphBuilder, values: readonly number[], dims: readonly number[] = [values.length]) =>
  b.initializer(int64Tensor('index', dims, values))

describe('placesBefore', () => {
  it('follows a Transpose, with and without a permutation', () => {
    const perm = { attributes: { perm: intsAttribute([1, 0, 2]) } }
    const moved = placesOf((b, x) => b.node('Transpose', [x], perm))!
    // Element [1, 0, 2] of [3, 2, 4] was [0, 1, 2].
    expect(moved[1 * 8 + 2]).toBe(4 + 2)
    expect(moved[0 * 8 + 1 * 4 + 3]).toBe(12 + 3)
    // Element [3, 2, 1] of [4, 3, 2] was [1, 2, 3].
    expect(placesOf((b, x) => b.node('Transpose', [x]))![23]).toBe(23)
    expect(placesOf((b, x) => b.node('Transpose', [x]))!.slice(0, 3)).toEqual([0, 12, 4])
  })

  it('knows that a Reshape moves nothing', () => {
    expect(placesOf((b, x) => b.node('Reshape', [x, index(b, [4, -1])]))).toEqual([...somePlaces(24)])
  })

  it.each([
    [1, 1],
    [-2, -2]
  ])('follows a Gather of index %d along its axis', (_, picked) => {
    const axis = { attributes: { axis: intAttribute(1) } }
    const found = placesOf((b, x) => b.node('Gather', [x, index(b, [picked], [])], axis))!
    expect(found.slice(0, 8)).toEqual([4, 5, 6, 7, 16, 17, 18, 19])
  })

  it('does not follow what picks several or computes', () => {
    expect(placesOf((b, x) => b.node('Gather', [x, index(b, [0, 1])]))).toBeUndefined()
    expect(placesOf((b, x) => b.node('Relu', [x]))).toBeUndefined()
  })
})

describe('somePlaces', () => {
  it('gives every place of a small value, and of a large one the first, the last and some of every region', () => {
    expect([...somePlaces(3)]).toEqual([0, 1, 2])
    const count = 1_000_003
    const places = somePlaces(count)
    expect([places[0], places.at(-1)]).toEqual([0, count - 1])
    expect(Math.max(...places.map((place, i) => place - (places[i - 1] ?? 0)))).toBeLessThan(count / 2000)
  })
})
