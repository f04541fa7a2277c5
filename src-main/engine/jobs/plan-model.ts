import type { ModelPlan, PlannedLayerReport } from '@contract/model-plan'
import { breakEvenRank, factorParameterCount } from '../../compression/allocation/break-even'
import { parsePlanFile, encodePlan } from '../../compression/plan-json'
import { planRanks, type PlanRanksInputs, type RankPlan } from '../../compression/plan-ranks'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'

export interface PlanModelInputs extends PlanRanksInputs {
  readonly modelHash: string
}

/**
 * Plans the ranks of a model and puts uniform ranks at the same budget beside them. Nothing is rewritten.
 *
 * @throws WorkbenchError as `planRanks`.
 */
export function planModel({ modelHash, ...inputs }: PlanModelInputs): ModelPlan {
  const planned = planRanks(inputs)
  const { options, layers } = inputs
  const uniform =
    options.policy === 'manual'
      ? undefined
      : planRanks({ ...inputs, options: { ...options, policy: 'uniform' } })
  const uniformOutcomes = uniform && outcomes(uniform)
  const outcomesById = outcomes(planned)
  return {
    // Through the text, so that what is shown is what a file would hold.
    planFile: parsePlanFile(encodePlan(planned.plan, { modelHash, ...planned })),
    layers: layers.map((layer): PlannedLayerReport => {
      const { id, role, blockIndex, inFeatures, outFeatures } = layer
      const beside = uniformOutcomes?.get(id)
      return {
        layerId: id,
        role,
        blockIndex: blockIndex ?? null,
        inFeatures,
        outFeatures,
        breakEvenRank: breakEvenRank(inFeatures, outFeatures),
        ...described(layer, outcomesById.get(id)),
        ...(beside === undefined ? {} : { uniform: described(layer, beside) })
      }
    }),
    uniformPredicted: uniform?.predicted ?? null
  }
}

interface Outcome {
  readonly rank: number | undefined
  readonly relativeError: number
}

/** Rank and predicted error by layer id. */
function outcomes({ decisions, allocation }: RankPlan): Map<string, Outcome> {
  return new Map(
    decisions.flatMap(({ layerIds }, index) => {
      const outcome = {
        rank: allocation.ranks[index],
        relativeError: allocation.perLayer[index]!.relativeError
      }
      return layerIds.map((id) => [id, outcome] as const)
    })
  )
}

function described(
  { inFeatures, outFeatures }: LinearLayer,
  outcome: Outcome | undefined
): Pick<PlannedLayerReport, 'rank' | 'keptFraction' | 'relativeError'> {
  const rank = outcome?.rank
  const kept =
    rank === undefined ? 1 : factorParameterCount(inFeatures, outFeatures, rank) / (inFeatures * outFeatures)
  return { rank: rank ?? null, keptFraction: kept, relativeError: outcome?.relativeError ?? 0 }
}
