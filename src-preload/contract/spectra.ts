/** What the decomposition of each matrix tells, as plain data for charts: how much of it few directions carry. */
import type { LayerRole } from './recipe'

/** A spectrum, thinned out when it is long. The three lists are parallel. */
export interface SpectrumCurve {
  /** Places of the listed values in the spectrum, ascending from 0; the first and the last are among them. */
  readonly indices: readonly number[]
  /** σ at each index, descending. */
  readonly singularValues: readonly number[]
  /** Discarded ÷ whole energy when the rank equals the index: 1 at index 0. */
  readonly discardedShares: readonly number[]
  /** Values of the whole spectrum: min(in, out). */
  readonly length: number
  /** Σσ² over the whole spectrum. */
  readonly energy: number
  /** exp of the entropy of σ² ÷ Σσ²: how many directions carry the energy. */
  readonly effectiveRank: number
}

/** One matrix W [in, out] with every layer that multiplies by it. */
export interface MatrixSpectrum {
  readonly layerIds: readonly string[]
  /** Role and block of the first of the layers. */
  readonly role: LayerRole
  readonly blockIndex: number | null
  readonly inFeatures: number
  readonly outFeatures: number
  readonly breakEvenRank: number
  /** Of the weight alone. */
  readonly weight: SpectrumCurve
  /** Of the outputs on the calibration set; null without one, and for inputs that have no statistics. */
  readonly activationWeighted: SpectrumCurve | null
}

export interface ModelSpectra {
  readonly modelHash: string
  /** Null when no calibration set was given. */
  readonly calibrationHash: string | null
  /** In the order of the model. */
  readonly matrices: readonly MatrixSpectrum[]
}
