import type { LowRankMethod as LowRankMethodName } from '@contract/recipe'
import type { Matrix } from '../../linalg/matrix'
import type { Products } from '../../linalg/products'
import type { LowRankFactors } from '../low-rank-factors'
import type { MomentSum } from '../second-moment'

export interface FactorizeOptions {
  /** The sums of the layer's inputs over the calibration set; present when the method asked for them. */
  readonly moments: MomentSum | undefined
  /** Diagonal loading as a fraction of the mean diagonal. */
  readonly damping: number
  readonly products: Products
}

/** A way to factorise a layer. Each method is one file in this folder and one row of the table in `methods.ts`. */
export interface LowRankMethod {
  readonly name: LowRankMethodName
  /**
   * Raised when the same inputs would give other factors, by the rule at `computationVersions`: it is part of every trial's
   * identity and of the key under which factors are cached.
   */
  readonly version: number
  readonly needsCalibration: boolean
  /**
   * What its directions are the best of a rank for: W itself, its rows scaled or not; the outputs; the outputs about
   * their mean, with a bias that follows. Sequential calibration keeps the directions of the first kind, and finds those of
   * the others again for the inputs of the compressed model.
   */
  readonly minimises: 'weights' | 'outputs' | 'centred-outputs'
  /** `weight` is W [in, out]. Deterministic. */
  factorize(weight: Matrix, options: FactorizeOptions): Promise<LowRankFactors>
}
