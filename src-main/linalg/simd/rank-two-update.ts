/**
 * The loop of the tridiagonal form: A ← A − v wᵀ − w vᵀ and p ← p + A x in one walk over the lower
 * triangle, in blocks of 2 x 2. It takes most of the form's arithmetic, about 4/3 n³ flops.
 */
import {
  add,
  addI32,
  forRange,
  get,
  i32,
  load,
  loadSplat,
  lowerLanes,
  multiplyAdd,
  multiplySubtract,
  set,
  store,
  upperLanes,
  zeros,
  type Code,
  type FunctionSpec
} from './assembler'

/**
 * (a, stride, from, to, v, w, x, p): addresses and, for `stride`, `from` and `to`, bytes. Rows from / 8 to to / 8, in pairs
 * that start at even rows, and of a pair the columns from / 8 up to the diagonal; `from` and `to` are even numbers of float64.
 */
export const rankTwoUpdate: FunctionSpec = {
  parameters: {
    upper: 'i32',
    stride: 'i32',
    from: 'i32',
    to: 'i32',
    v: 'i32',
    w: 'i32',
    x: 'i32',
    p: 'i32'
  },
  locals: {
    lower: 'i32',
    i: 'i32',
    j: 'i32',
    ...{ v0: 'v128', v1: 'v128', w0: 'v128', w1: 'v128', x0: 'v128', x1: 'v128' },
    ...{ vj: 'v128', wj: 'v128', xj: 'v128', value0: 'v128', value1: 'v128', sum0: 'v128', sum1: 'v128' }
  },
  body(at) {
    const local = (name: string): Code => get(at(name))
    const here = (base: string, index: string): Code => addI32(local(base), local(index))
    const updated = (row: string, v: string, w: string, index: string): Code =>
      multiplySubtract(local(w), local('vj'), multiplySubtract(local(v), local('wj'), load(here(row, index))))
    const inner: Code = [
      ...set(at('vj'), load(here('v', 'j'))),
      ...set(at('wj'), load(here('w', 'j'))),
      ...set(at('xj'), load(here('x', 'j'))),
      ...set(at('value0'), updated('upper', 'v0', 'w0', 'j')),
      ...store(here('upper', 'j'), local('value0')),
      ...set(at('value1'), updated('lower', 'v1', 'w1', 'j')),
      ...store(here('lower', 'j'), local('value1')),
      ...set(at('sum0'), multiplyAdd(local('value0'), local('xj'), local('sum0'))),
      ...set(at('sum1'), multiplyAdd(local('value1'), local('xj'), local('sum1'))),
      ...store(
        here('p', 'j'),
        multiplyAdd(
          local('value1'),
          local('x1'),
          multiplyAdd(local('value0'), local('x0'), load(here('p', 'j')))
        )
      )
    ]
    const splats = ['v', 'w', 'x'].flatMap((name) => [
      ...set(at(`${name}0`), loadSplat(here(name, 'i'))),
      ...set(at(`${name}1`), loadSplat(here(name, 'i'), 8))
    ])
    // The 2 x 2 block on the diagonal; the entry above it is computed along and never used.
    const corner: Code = [
      ...set(at('vj'), load(here('v', 'i'))),
      ...set(at('wj'), load(here('w', 'i'))),
      ...set(at('value0'), updated('upper', 'v0', 'w0', 'i')),
      ...store(here('upper', 'i'), local('value0')),
      ...set(at('value1'), updated('lower', 'v1', 'w1', 'i')),
      ...store(here('lower', 'i'), local('value1'))
    ]
    const sums = add(lowerLanes(local('sum0'), local('sum1')), upperLanes(local('sum0'), local('sum1')))
    // Its first column times x_i, and its last row times x_i+1.
    const product = multiplyAdd(
      lowerLanes(local('value0'), local('value1')),
      local('x0'),
      multiplyAdd(local('value1'), local('x1'), load(here('p', 'i')))
    )
    const row: Code = [
      ...set(at('lower'), addI32(local('upper'), local('stride'))),
      ...splats,
      ...set(at('sum0'), zeros),
      ...set(at('sum1'), zeros),
      ...set(at('j'), local('from')),
      ...forRange(at('j'), local('i'), i32(16), inner),
      ...corner,
      ...store(here('p', 'i'), add(sums, product)),
      ...set(at('upper'), addI32(local('lower'), local('stride')))
    ]
    return [...set(at('i'), local('from')), ...forRange(at('i'), local('to'), i32(16), row)]
  }
}
