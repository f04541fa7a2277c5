/**
 * Memory for intermediate results that is used again.
 *
 * A decomposition makes some thirty arrays of up to the size of its matrix. As garbage each would cost fresh pages, zeroed, and all of
 * them together hurry the collector on.
 */
import { matrix, type Matrix } from './matrix'

/** Arrays nobody holds, by length, and their bytes together. */
const free = new Map<number, Float64Array[]>()
let freeBytes = 0

/** What is kept for the next one. Larger problems take long enough for their garbage not to matter. */
const largestFreeBytes = 24 * 2 ** 20

/**
 * Hands out matrices and takes all of them back at once. What is never released is ordinary garbage, so the only mistake to
 * make is to keep something beyond `release`.
 */
export class Scratch {
  readonly #lent: Float64Array[] = []

  /** [rows, columns] holding anything, until `release`. */
  matrix(rows: number, columns: number): Matrix {
    const length = rows * columns
    const capacity = capacityFor(length)
    let array = free.get(capacity)?.pop()
    if (array === undefined) array = new Float64Array(capacity)
    else freeBytes -= array.byteLength
    this.#lent.push(array)
    return matrix(rows, columns, capacity === length ? array : array.subarray(0, length))
  }

  /** [rows, columns] of zeros, until `release`. */
  zeros(rows: number, columns: number): Matrix {
    const result = this.matrix(rows, columns)
    result.data.fill(0)
    return result
  }

  release(): void {
    for (const array of this.#lent) {
      if (freeBytes + array.byteLength > largestFreeBytes) continue
      freeBytes += array.byteLength
      const same = free.get(array.length)
      if (same === undefined) free.set(array.length, [array])
      else same.push(array)
    }
    this.#lent.length = 0
  }
}

/** Runs `work` with memory that is taken back when it ends, in whatever way. */
export async function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const scratch = new Scratch()
  try {
    return await work(scratch)
  } finally {
    scratch.release()
  }
}

/** Lengths in steps of an eighth, so that problems of about the same size share memory. */
function capacityFor(length: number): number {
  const step = 2 ** Math.max(3, Math.floor(Math.log2(Math.max(1, length))) - 3)
  return Math.ceil(length / step) * step
}
