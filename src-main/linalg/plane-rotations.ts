/**
 * Plane rotations of rows, collected and then applied together.
 *
 * QL and QR iterations make about n² rotations of n entries each; applied at once they would stream the whole matrix
 * through the cache for every sweep. Here they are written down, and a strip of columns that fits into the
 * cache goes through thousands of them. Source: Van Zee, van de Geijn & Quintana-Orti, Restructuring the tridiagonal
 * and bidiagonal QR algorithms for performance (ACM TOMS 40, 2014).
 */
import type { Matrix } from './matrix'

/** Columns of a strip: 1536 rows of it are 768 KiB. */
const stripColumns = 64
/** Rotations kept at most (12 MiB), so that memory does not grow with the cube of the size. */
const largestCapacity = 2 ** 19

/** Rotations of the rows of `target` [rows, columns], which is complete only after `finish`. */
export class PlaneRotations {
  private readonly rowPairs: Int32Array
  private readonly cosineSines: Float64Array
  private count = 0

  constructor(private readonly target: Matrix) {
    const capacity = Math.min(largestCapacity, 4 * target.rows ** 2 + 4)
    this.rowPairs = new Int32Array(2 * capacity)
    this.cosineSines = new Float64Array(2 * capacity)
  }

  /** (row p, row q) ← (c · row p + s · row q, c · row q − s · row p). */
  rotate(p: number, q: number, c: number, s: number): void {
    const at = 2 * this.count
    this.rowPairs[at] = p
    this.rowPairs[at + 1] = q
    this.cosineSines[at] = c
    this.cosineSines[at + 1] = s
    this.count++
    if (2 * this.count === this.rowPairs.length) this.finish()
  }

  /** Applies everything collected so far. */
  finish(): void {
    const { rows, columns, data } = this.target
    for (let from = 0; this.count > 0 && from < columns; from += stripColumns) {
      const width = Math.min(stripColumns, columns - from)
      const strip = Array.from({ length: rows }, (_, i) =>
        data.slice(i * columns + from, i * columns + from + width)
      )
      this.rotateStrip(strip)
      for (let i = 0; i < rows; i++) data.set(strip[i]!, i * columns + from)
    }
    this.count = 0
  }

  private rotateStrip(strip: readonly Float64Array[]): void {
    const { rowPairs, cosineSines } = this
    const end = 2 * this.count
    let at = 0
    while (at < end) {
      const p = strip[rowPairs[at]!]!
      const q = strip[rowPairs[at + 1]!]!
      const c = cosineSines[at]!
      const s = cosineSines[at + 1]!
      at += 2
      if (at < end && rowPairs[at] === rowPairs[at - 1]) {
        rotateThree([p, q, strip[rowPairs[at + 1]!]!], [c, s, cosineSines[at]!, cosineSines[at + 1]!])
        at += 2
      } else {
        rotateTwo(p, q, c, s)
      }
    }
  }
}

function rotateTwo(p: Float64Array, q: Float64Array, c: number, s: number): void {
  for (let j = 0; j < p.length; j++) {
    const x = p[j]!
    const y = q[j]!
    p[j] = c * x + s * y
    q[j] = c * y - s * x
  }
}

/** Rotates (p, q) and then (q, r): a sweep's next rotation starts where the last one ended, in a register. */
function rotateThree(
  [p, q, r]: readonly [Float64Array, Float64Array, Float64Array],
  [c, s, c2, s2]: readonly [number, number, number, number]
): void {
  for (let j = 0; j < p.length; j++) {
    const x = p[j]!
    const y = q[j]!
    const z = r[j]!
    const passed = c * y - s * x
    p[j] = c * x + s * y
    q[j] = c2 * passed + s2 * z
    r[j] = c2 * z - s2 * passed
  }
}
