import { WorkbenchError } from '@contract/errors'
import { matrix, type Matrix } from '../linalg/matrix'

/** Sums over the rows that one value took over a calibration set: enough for its second moment, mean and covariance. */
export interface MomentSum {
  /** XᵀX [features, features], float64, symmetric. */
  readonly sum: Matrix
  /** Σ x [features], float64. */
  readonly rowSum: Float64Array
  /** Number of rows n that were added. */
  readonly rowCount: number
}

/** How XᵀX is computed; the backend's float64 product outside tests. */
export type GramProduct = (rows: Float32Array, columns: number) => Promise<Matrix>

/**
 * Streams rows into XᵀX, a chunk at a time: memory stays at one chunk whatever the calibration set's length.
 *
 * Rows are float32 as the model gives them; sums are float64, since a Gram matrix squares the condition number.
 */
export class SecondMomentAccumulator {
  readonly #features: number
  readonly #gram: GramProduct
  readonly #chunk: Float32Array
  #filledRows = 0
  readonly #sum: Matrix
  readonly #rowSum: Float64Array
  #rowCount = 0

  /** `chunkRows`: rows gathered before a product runs; larger chunks use the backend better. */
  constructor(features: number, gram: GramProduct, chunkRows = 2048) {
    this.#features = features
    this.#gram = gram
    this.#chunk = new Float32Array(chunkRows * features)
    this.#sum = matrix(features, features)
    this.#rowSum = new Float64Array(features)
  }

  /**
   * Adds rows [n, features].
   *
   * @throws WorkbenchError `numerical` when a value is not finite: such statistics would spoil every rank; `internal`
   * when the values do not make whole rows.
   */
  async add(rows: Float32Array): Promise<void> {
    if (rows.length % this.#features !== 0) {
      throw new WorkbenchError(
        'internal',
        `${rows.length} values do not make rows of ${this.#features} features.`
      )
    }
    const chunkLength = this.#chunk.length
    for (let offset = 0; offset < rows.length;) {
      const filled = this.#filledRows * this.#features
      const part = rows.subarray(offset, offset + chunkLength - filled)
      this.#chunk.set(part, filled)
      this.#filledRows += part.length / this.#features
      offset += part.length
      if (this.#filledRows * this.#features === chunkLength) await this.#flush()
    }
  }

  /** The sums so far. More rows may follow. */
  async finish(): Promise<MomentSum> {
    await this.#flush()
    return {
      sum: matrix(this.#features, this.#features, this.#sum.data.slice()),
      rowSum: this.#rowSum.slice(),
      rowCount: this.#rowCount
    }
  }

  async #flush(): Promise<void> {
    if (this.#filledRows === 0) return
    const rows = this.#chunk.slice(0, this.#filledRows * this.#features)
    const gram = await this.#gram(rows, this.#features)
    for (let i = 0; i < gram.data.length; i++) this.#sum.data[i]! += gram.data[i]!
    for (let row = 0; row < rows.length; row += this.#features) {
      for (let i = 0; i < this.#features; i++) this.#rowSum[i]! += rows[row + i]!
    }
    // A diagonal entry is a sum of squares, so any bad value of its column shows there.
    for (let i = 0; i < this.#features; i++) {
      if (!Number.isFinite(this.#sum.data[i * this.#features + i]!)) {
        throw new WorkbenchError(
          'numerical',
          `Feature ${i} of a layer's inputs is not finite on the calibration set.`
        )
      }
    }
    this.#rowCount += this.#filledRows
    this.#filledRows = 0
  }
}

/** The sums over both sets of rows. @throws WorkbenchError `internal` when the numbers of features differ. */
export function mergeMomentSums(a: MomentSum, b: MomentSum): MomentSum {
  const { rows, columns } = a.sum
  if (b.sum.rows !== rows) {
    throw new WorkbenchError(
      'internal',
      `Sums of ${rows} and of ${b.sum.rows} features cannot be merged; they belong to different layers.`
    )
  }
  const merged = matrix(rows, columns, a.sum.data.slice())
  for (let i = 0; i < merged.data.length; i++) merged.data[i]! += b.sum.data[i]!
  const rowSum = a.rowSum.map((value, index) => value + b.rowSum[index]!)
  return { sum: merged, rowSum, rowCount: a.rowCount + b.rowCount }
}

/**
 * The damped second moment C = XᵀX / n + damping · mean(diag) · I, [features, features].
 *
 * Damping keeps directions that the calibration set never visits from being thrown away for free.
 *
 * @throws WorkbenchError `numerical` when no rows were added.
 */
export function secondMoment(moments: MomentSum, damping: number): Matrix {
  return damped(meanProduct(moments), damping)
}

/**
 * The damped covariance Σ = XᵀX / n − μᵀμ + damping · mean(diag) · I, [features, features].
 *
 * @throws WorkbenchError `numerical` when no rows were added.
 */
export function covariance(moments: MomentSum, damping: number): Matrix {
  const centred = meanProduct(moments)
  const mean = inputMean(moments)
  const size = mean.length
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) centred.data[i * size + j]! -= mean[i]! * mean[j]!
  }
  return damped(centred, damping)
}

/** The mean input μ [features]. @throws WorkbenchError `numerical` when no rows were added. */
export function inputMean({ rowSum, rowCount }: MomentSum): Float64Array {
  assertRows(rowCount)
  return rowSum.map((value) => value / rowCount)
}

/** XᵀX / n, not damped. */
function meanProduct({ sum, rowCount }: MomentSum): Matrix {
  assertRows(rowCount)
  return matrix(
    sum.rows,
    sum.columns,
    sum.data.map((value) => value / rowCount)
  )
}

function assertRows(rowCount: number): void {
  if (rowCount > 0) return
  throw new WorkbenchError('numerical', 'The calibration set gave no frames; use one that holds some audio.')
}

/** Adds damping · mean(diag) to the diagonal, in place. */
function damped(moment: Matrix, damping: number): Matrix {
  const size = moment.rows
  let trace = 0
  for (let i = 0; i < size; i++) trace += moment.data[i * size + i]!
  const loading = (damping * trace) / size
  for (let i = 0; i < size; i++) moment.data[i * size + i]! += loading
  return moment
}
