import type { PlanFile } from '@contract/rank-plan'
import type { LayerDecision } from '@contract/trial'

/** Where the ranks of an exported model come from. */
export type PlanDocumentOrigin = Pick<PlanFile, 'modelHash' | 'policy' | 'budget' | 'predicted'>

/**
 * The text of `plan.json` for an exported low-rank model: a plan file that Lathe reads back, for the model it was made from
 * or another with the same layers.
 *
 * - `origin.modelHash`  of the *uncompressed* model: it has the layers that the plan names.
 */
export function planDocument(decisions: readonly LayerDecision[], origin: PlanDocumentOrigin): string {
  const { modelHash, policy, budget, predicted } = origin
  return planText({
    planVersion: 1,
    modelHash,
    policy,
    budget,
    predicted,
    layers: decisions.map(({ layerId, inFeatures, outFeatures, rank }) => ({
      layerId,
      inFeatures,
      outFeatures,
      rank
    }))
  })
}

/** A plan as text, line by line. */
export function planText(file: PlanFile): string {
  return `${JSON.stringify(file, null, 2)}\n`
}
