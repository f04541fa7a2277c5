/**
 * Plane rotations of rows, collected and then applied together.
 *
 * QL and QR iterations make about n² rotations of n entries each; applied at once they would stream the whole matrix
 * through the cache for every sweep. Here they are written down, and a strip of columns that fits into the
 * cache goes through thousands of them. Source: Van Zee, van de Geijn & Quintana-Orti, Restructuring the tridiagonal
 * and bidiagonal QR algorithms for performance (ACM TOMS 40, 2014).
 */
import type { Matrix } from './matrix'
import { copyRows } from './row-products'

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
    if (this.count > 0) {
      const strip = new Float64Array(rows * Math.min(stripColumns, columns))
      for (let from = 0; from < columns; from += stripColumns) {
        const width = Math.min(stripColumns, columns - from)
        const [inside, packed] = [
          { data, offset: from, stride: columns },
          { data: strip, offset: 0, stride: width }
        ]
        copyRows(inside, packed, rows, width)
        this.rotateStrip(strip, width)
        copyRows(packed, inside, rows, width)
      }
    }
    this.count = 0
  }

  private rotateStrip(strip: Float64Array, width: number): void {
    const { rowPairs, cosineSines } = this
    const end = 2 * this.count
    let at = 0
    while (at < end) {
      const p = rowPairs[at]! * width
      const q = rowPairs[at + 1]! * width
      const c = cosineSines[at]!
      const s = cosineSines[at + 1]!
      at += 2
      if (at < end && rowPairs[at] === rowPairs[at - 1]) {
        const r = rowPairs[at + 1]! * width
        const c2 = cosineSines[at]!
        const s2 = cosineSines[at + 1]!
        at += 2
        // Rotates (p, q) and then (q, r): a sweep's next rotation starts where the last one ended, in a register.
        for (let j = 0; j < width; j++) {
          const x = strip[p + j]!
          const y = strip[q + j]!
          const z = strip[r + j]!
          const passed = c * y - s * x
          strip[p + j] = c * x + s * y
          strip[q + j] = c2 * passed + s2 * z
          strip[r + j] = c2 * z - s2 * passed
        }
      } else {
        for (let j = 0; j < width; j++) {
          const x = strip[p + j]!
          const y = strip[q + j]!
          strip[p + j] = c * x + s * y
          strip[q + j] = c * y - s * x
        }
      }
    }
  }
}
