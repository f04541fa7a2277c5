/** The sums of a secular equation: nearly all of the time of its roots is the one division per term. */
import {
  addI32,
  divide,
  forRange,
  get,
  i32,
  load,
  multiplyAdd,
  set,
  splat,
  store,
  subtract,
  zeros,
  type Code,
  type FunctionSpec
} from './assembler'

/**
 * (z, distances, end, tau, result): with r_i = z_i / (distance_i − tau), writes the lanes of Σ z_i r_i and of Σ r_i² to
 * `result` [4]. `z` and `distances` are addresses, `end` that of the end of `z`; an even number of terms.
 */
export const secularSums: FunctionSpec = {
  parameters: { z: 'i32', distances: 'i32', end: 'i32', tau: 'f64', result: 'i32' },
  locals: { taus: 'v128', terms: 'v128', ratio: 'v128', sum: 'v128', slope: 'v128' },
  body(at) {
    const local = (name: string): Code => get(at(name))
    const inner: Code = [
      ...set(at('terms'), load(local('z'))),
      ...set(at('ratio'), divide(local('terms'), subtract(load(local('distances')), local('taus')))),
      ...set(at('sum'), multiplyAdd(local('terms'), local('ratio'), local('sum'))),
      ...set(at('slope'), multiplyAdd(local('ratio'), local('ratio'), local('slope'))),
      ...set(at('distances'), addI32(local('distances'), i32(16)))
    ]
    return [
      ...set(at('taus'), splat(local('tau'))),
      ...set(at('sum'), zeros),
      ...set(at('slope'), zeros),
      ...forRange(at('z'), local('end'), i32(16), inner),
      ...store(local('result'), local('sum')),
      ...store(addI32(local('result'), i32(16)), local('slope'))
    ]
  }
}
