import { WorkbenchError } from '@contract/errors'
import { matrix, type Matrix } from './matrix'

/** A copy of a matrix whose largest entry is near one, and the power of two it was multiplied by. */
export interface UnitScaled {
  readonly scaled: Matrix
  readonly factor: number
}

/**
 * Multiplies `a` by `unitFactor`. Exact, except for entries some 300 orders below the largest. `what` names the caller's
 * operand in the error.
 *
 * @throws WorkbenchError `numerical` when an entry is not finite.
 */
export function unitScaled(a: Matrix, what: string): UnitScaled {
  const factor = unitFactor(a, what)
  const data = new Float64Array(a.data.length)
  for (let i = 0; i < data.length; i++) data[i] = a.data[i]! * factor
  return { scaled: matrix(a.rows, a.columns, data), factor }
}

/**
 * The power of two that brings the largest magnitude in `a` into [1/2, 1], so that squares inside an algorithm neither overflow
 * nor vanish; 1 for zeros.
 *
 * @throws WorkbenchError `numerical` when an entry is not finite.
 */
export function unitFactor(a: Matrix, what: string): number {
  let largest = 0
  for (let i = 0; i < a.data.length; i++) {
    const magnitude = Math.abs(a.data[i]!)
    if (!(magnitude < Infinity)) {
      const [row, column] = [Math.floor(i / a.columns), i % a.columns]
      throw new WorkbenchError(
        'numerical',
        `${what} [${a.rows}, ${a.columns}] must be finite, got ${a.data[i]!} at row ${row}, column ${column}.`,
        { details: { rows: a.rows, columns: a.columns, row, column } }
      )
    }
    if (magnitude > largest) largest = magnitude
  }
  if (largest === 0) return 1
  // Both ends are clamped so that the factor and its inverse are doubles.
  const exponent = Math.max(-1022, Math.min(1022, -Math.ceil(Math.log2(largest))))
  return 2 ** exponent
}
