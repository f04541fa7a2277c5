/** A plan before anything is rewritten, with uniform ranks beside it: plain data for tables, sliders and files. */
import type { PlanFile } from './rank-plan'
import type { LayerRole } from './recipe'

/** What a plan does to one layer. Ranks are null where the layer stays dense. */
export interface PlannedLayerReport {
  readonly layerId: string
  readonly role: LayerRole
  readonly blockIndex: number | null
  readonly inFeatures: number
  readonly outFeatures: number
  readonly breakEvenRank: number
  readonly rank: number | null
  /** Parameters of the pair ÷ of the matrix; 1 when dense. */
  readonly keptFraction: number
  /** Predicted: discarded ÷ whole output energy. */
  readonly relativeError: number
  /** The same under uniform ranks at the same budget; left out for ranks by hand, which have no budget. */
  readonly uniform?: {
    readonly rank: number | null
    readonly keptFraction: number
    readonly relativeError: number
  }
}

export interface ModelPlan {
  /** As a file: `rankMapOf` and recipes take it. */
  readonly planFile: PlanFile
  readonly layers: readonly PlannedLayerReport[]
  /** What uniform ranks promise at the same budget. */
  readonly uniformPredicted: PlanFile['predicted']
}
