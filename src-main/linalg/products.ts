import { WorkbenchError } from '@contract/errors'
import { matrix, type Matrix } from './matrix'

/** Which operands of a product are transposed first, and what becomes of it. */
export interface ProductOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** What the product is subtracted from, of its shape; not modified. */
  readonly subtractFrom?: Matrix
  /** Where the result goes, of its shape and none of the operands; left out, into new memory. */
  readonly into?: Matrix
}

/**
 * Where large matrix products are computed. The engine passes one that runs ONNX Runtime's float64 MatMul;
 * `scalarProducts` is the same arithmetic in plain loops, for small matrices and as a reference in tests.
 */
export interface Products {
  /** op(a) · op(b), or C − op(a) · op(b). @throws WorkbenchError `internal` when sizes do not fit. */
  product(a: Matrix, b: Matrix, options?: ProductOptions): Promise<Matrix>
}

/** Sizes [rows, inner, columns] of op(a) · op(b), checked. @throws WorkbenchError `internal` when they do not fit. */
export function productShape(a: Matrix, b: Matrix, options: ProductOptions = {}): [number, number, number] {
  const [rows, inner] = options.transposeA ? [a.columns, a.rows] : [a.rows, a.columns]
  const [innerB, columns] = options.transposeB ? [b.columns, b.rows] : [b.rows, b.columns]
  if (inner !== innerB) {
    throw new WorkbenchError('internal', `A product needs equal inner sizes, got ${inner} and ${innerB}.`)
  }
  const c = options.subtractFrom
  if (c !== undefined && (c.rows !== rows || c.columns !== columns)) {
    throw new WorkbenchError(
      'internal',
      `A product [${rows}, ${columns}] cannot be subtracted from [${c.rows}, ${c.columns}].`
    )
  }
  const { into } = options
  if (into !== undefined && (into.rows !== rows || into.columns !== columns)) {
    throw new WorkbenchError(
      'internal',
      `A product [${rows}, ${columns}] cannot be written into [${into.rows}, ${into.columns}].`
    )
  }
  return [rows, inner, columns]
}

export const scalarProducts: Products = {
  async product(a, b, options = {}) {
    const [rows, inner, columns] = productShape(a, b, options)
    const { subtractFrom } = options
    const result = options.into ?? matrix(rows, columns)
    if (subtractFrom === undefined) result.data.fill(0)
    else result.data.set(subtractFrom.data)
    const factor = subtractFrom === undefined ? 1 : -1
    const [aRow, aInner] = options.transposeA ? [1, a.columns] : [a.columns, 1]
    const [bInner, bColumn] = options.transposeB ? [1, b.columns] : [b.columns, 1]
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < inner; k++) {
        const left = factor * a.data[i * aRow + k * aInner]!
        for (let j = 0; j < columns; j++) {
          result.data[i * columns + j]! += left * b.data[k * bInner + j * bColumn]!
        }
      }
    }
    return result
  }
}
