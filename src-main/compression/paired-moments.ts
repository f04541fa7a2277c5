/** Statistics of one layer in two models: x, its input in the original, and x′ in the model that is to imitate it. */
import { WorkbenchError } from '@contract/errors'
import { matrix, type Matrix } from '../linalg/matrix'
import type { Products } from '../linalg/products'
import { solveSemidefinite } from '../linalg/semidefinite-solve'
import {
  covariance,
  inputMean,
  secondMoment,
  SecondMomentAccumulator,
  type GramProduct,
  type MomentSum
} from './second-moment'

/** Sums over the same rows of both models. */
export interface PairedMoments {
  /** Of x′. */
  readonly inputs: MomentSum
  /** How the original's rows differ from them; undefined: not at all. */
  readonly drift: DriftSum | undefined
}

/** Sums of x − x′. Kept in place of X′ᵀX, since of two nearly equal moments the difference would lose its digits. */
export interface DriftSum {
  /** X′ᵀ(X − X′) [in, in], float64. */
  readonly product: Matrix
  /** Σ (x − x′) [in], float64. */
  readonly rowSum: Float64Array
}

/** Streams pairs of rows into `PairedMoments`. */
export class PairedMomentAccumulator {
  readonly #features: number
  readonly #products: Products
  readonly #inputs: SecondMomentAccumulator
  readonly #product: Matrix
  readonly #rowSum: Float64Array

  constructor(features: number, products: Products & { readonly gram: GramProduct }) {
    this.#features = features
    this.#products = products
    this.#inputs = new SecondMomentAccumulator(features, (rows, columns) => products.gram(rows, columns))
    this.#product = matrix(features, features)
    this.#rowSum = new Float64Array(features)
  }

  /**
   * Adds rows x′ and x, both [n, features], row by row of the same frames.
   *
   * @throws WorkbenchError `numerical` when a value is not finite, `internal` when the numbers of rows differ.
   */
  async add(rows: Float32Array, original: Float32Array): Promise<void> {
    if (rows.length !== original.length) {
      throw new WorkbenchError(
        'internal',
        `The compressed model gives ${rows.length} values where the original gives ${original.length}.`
      )
    }
    await this.#inputs.add(rows)
    const count = rows.length / this.#features
    // In float64 the difference of two floats is exact unless one is some 2^29 times the other.
    const drift = matrix(count, this.#features, new Float64Array(original))
    for (let i = 0; i < rows.length; i++) drift.data[i]! -= rows[i]!
    this.#addRowSums(drift)
    const compressed = matrix(count, this.#features, new Float64Array(rows))
    const product = await this.#products.product(compressed, drift, { transposeA: true })
    for (let i = 0; i < product.data.length; i++) this.#product.data[i]! += product.data[i]!
  }

  /** The sums over all rows. */
  async finish(): Promise<PairedMoments> {
    return {
      inputs: await this.#inputs.finish(),
      drift: { product: this.#product, rowSum: this.#rowSum }
    }
  }

  #addRowSums({ rows, columns, data }: Matrix): void {
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < columns; i++) this.#rowSum[i]! += data[row * columns + i]!
    }
    const bad = this.#rowSum.findIndex((value) => !Number.isFinite(value))
    if (bad === -1) return
    throw new WorkbenchError(
      'numerical',
      `Feature ${bad} of a layer's inputs is not finite on the calibration set.`
    )
  }
}

/** What a fit to the original's outputs comes down to: minimise tr((B − W′)ᵀ · C′ · (B − W′)). */
export interface FitObjective {
  /** C′ = X′ᵀX′ ÷ n, or the covariance of x′, damped [in, in]. */
  readonly moment: Matrix
  /** B [in, out], the best matrix of any rank; W itself where x = x′. */
  readonly target: Matrix
  /** Means μ of x and μ′ of x′ [in], where the fit may shift the outputs. */
  readonly means: { readonly original: Float64Array; readonly compressed: Float64Array } | undefined
}

export interface FitOptions {
  readonly moments: PairedMoments
  /** Diagonal loading as a fraction of the mean diagonal. */
  readonly damping: number
  readonly products: Products
}

/**
 * Rows, per feature, on which x = x′ is taken for granted beside those of the calibration set. Without them B, a regression
 * of in · out unknowns, learns the calibration set by heart; docs/numerics.md, "Sequential calibration".
 */
const agreeingRowsPerFeature = 4

/**
 * The objective of a fit of `weight` W [in, out].
 *
 * B = W + (C′_δ + ρI)⁻¹ · D · W minimises ‖X·W − X′·B‖² ÷ n + (δ + ρ) · ‖W − B‖², with D = X′ᵀ(X − X′) ÷ n, δ = damping ·
 * mean(diag C′) and ρ = 4 · in ÷ n · mean(diag C′). Both C′ and D are centred with `isCentred`. Without data B = W.
 *
 * @throws WorkbenchError `numerical` when no rows were added.
 */
export async function fitObjective(
  weight: Matrix,
  { moments: { inputs, drift }, damping, products }: FitOptions,
  isCentred: boolean
): Promise<FitObjective> {
  const moment = isCentred ? covariance(inputs, damping) : secondMoment(inputs, damping)
  const compressed = inputMean(inputs)
  if (drift === undefined) {
    return { moment, target: weight, means: isCentred ? { original: compressed, compressed } : undefined }
  }
  const { rowCount } = inputs
  const driftMean = drift.rowSum.map((value) => value / rowCount)
  const perRow = driftPerRow(drift, rowCount, isCentred ? { compressed, driftMean } : undefined)
  const ridge = (agreeingRowsPerFeature * weight.rows) / rowCount
  const correction = solveSemidefinite(loaded(moment, ridge), await products.product(perRow, weight))
  const target = matrix(
    weight.rows,
    weight.columns,
    weight.data.map((value, index) => value + correction.data[index]!)
  )
  const original = compressed.map((value, index) => value + driftMean[index]!)
  return { moment, target, means: isCentred ? { original, compressed } : undefined }
}

/** D [in, in]: X′ᵀ(X − X′) ÷ n, less the product of the means where they are given. */
function driftPerRow(
  { product }: DriftSum,
  rowCount: number,
  means: { readonly compressed: Float64Array; readonly driftMean: Float64Array } | undefined
): Matrix {
  const size = product.rows
  const result = matrix(
    size,
    size,
    product.data.map((value) => value / rowCount)
  )
  if (means === undefined) return result
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) result.data[i * size + j]! -= means.compressed[i]! * means.driftMean[j]!
  }
  return result
}

/** A copy with `fraction` of the mean diagonal added to the diagonal. */
function loaded(moment: Matrix, fraction: number): Matrix {
  const size = moment.rows
  const result = matrix(size, size, moment.data.slice())
  let trace = 0
  for (let i = 0; i < size; i++) trace += moment.data[i * size + i]!
  for (let i = 0; i < size; i++) result.data[i * size + i]! += (fraction * trace) / size
  return result
}

/** What a pair loses of the mean output: μ · W − μ′ · down · up [out]; undefined without means. */
export function meanShift(
  weight: Matrix,
  { down, up }: { readonly down: Matrix; readonly up: Matrix },
  means: FitObjective['means']
): Float64Array | undefined {
  if (means === undefined) return undefined
  const wanted = rowProduct(means.original, weight)
  const given = rowProduct(rowProduct(means.compressed, down), up)
  return wanted.map((value, index) => value - given[index]!)
}

/** x · A [columns] for x [rows]. */
function rowProduct(x: Float64Array, a: Matrix): Float64Array {
  const result = new Float64Array(a.columns)
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) result[j]! += x[i]! * a.data[i * a.columns + j]!
  }
  return result
}
