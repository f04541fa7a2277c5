/**
 * A compression plan as a JSON file: to keep, to share, to edit, and to apply to another model of the same shape.
 */
import { WorkbenchError, wrapError } from '@contract/errors'
import { planFileSchema, type PlanFile } from '@contract/rank-plan'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import type { CompressionPlan, PlannedLayer } from './plan'

/** Where a plan comes from and what it promises: everything in the file but the layers. */
export type PlanOrigin = Pick<PlanFile, 'modelHash' | 'policy' | 'budget' | 'predicted'>

/** A plan from a file, tied to the layers of a model. */
export interface ImportedPlan {
  readonly plan: CompressionPlan
  readonly origin: PlanOrigin
}

/** The text of a plan. The same plan gives the same text, line by line. */
export function encodePlan(
  plan: CompressionPlan,
  { modelHash, policy, budget, predicted }: PlanOrigin
): string {
  const file: PlanFile = {
    planVersion: 1,
    modelHash,
    policy: { name: policy.name, version: policy.version },
    budget,
    predicted,
    layers: plan.map(({ layer, rank }) => ({
      layerId: layer.id,
      inFeatures: layer.inFeatures,
      outFeatures: layer.outFeatures,
      rank: rank ?? null
    }))
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/**
 * Reads a plan for a model.
 *
 * - `layers`             all linear layers of the model. Those that the plan does not name are not in the result.
 * - `expectedModelHash`  left out, the plan may come from another model with the same layers.
 *
 * @throws WorkbenchError `invalid-input` when the text is no plan, or naming the layer that the model does not have,
 * has in another shape, or that has an impossible rank; `conflict` when the plan was made for another model.
 */
export function decodePlan(
  text: string,
  layers: readonly LinearLayer[],
  expectedModelHash?: string
): ImportedPlan {
  const { modelHash, policy, budget, predicted, layers: entries } = parsePlanFile(text)
  if (expectedModelHash !== undefined && modelHash !== expectedModelHash) {
    throw new WorkbenchError(
      'conflict',
      `The plan was made for model ${modelHash}, the open one is ${expectedModelHash}; open the plan's model or import the plan for another one.`
    )
  }
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  const seen = new Set<string>()
  const plan = entries.map((entry) => {
    if (seen.has(entry.layerId)) throw wrongLayer(entry, 'is listed twice; keep one of them.')
    seen.add(entry.layerId)
    return plannedLayer(entry, byId.get(entry.layerId))
  })
  return { plan, origin: { modelHash, policy, budget, predicted } }
}

type PlanEntry = PlanFile['layers'][number]

/**
 * The text of a plan file as data, without a model to tie it to.
 *
 * @throws WorkbenchError `invalid-input` when the text is no plan, saying where.
 */
export function parsePlanFile(text: string): PlanFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw wrapError(error, 'invalid-input', 'The plan is not JSON; choose a plan that Lathe exported.')
  }
  const parsed = planFileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const place = issue === undefined || issue.path.length === 0 ? 'its top level' : `'${issue.path.join('.')}'`
  throw new WorkbenchError('invalid-input', `The plan is wrong at ${place}: ${issue?.message ?? 'unknown'}.`)
}

function plannedLayer(entry: PlanEntry, layer: LinearLayer | undefined): PlannedLayer {
  if (layer === undefined) {
    throw wrongLayer(entry, "is not in the model; 'lathe inspect' lists its layers.")
  }
  const { inFeatures, outFeatures } = layer
  if (entry.inFeatures !== inFeatures || entry.outFeatures !== outFeatures) {
    throw wrongLayer(
      entry,
      `is [${entry.inFeatures}, ${entry.outFeatures}] but [${inFeatures}, ${outFeatures}] in the model; use a plan for this model.`
    )
  }
  const fullRank = Math.min(inFeatures, outFeatures)
  if (entry.rank !== null && entry.rank > fullRank) {
    throw wrongLayer(entry, `has rank ${entry.rank}, its shape allows at most ${fullRank}; lower it.`)
  }
  return { layer, rank: entry.rank ?? undefined }
}

function wrongLayer({ layerId }: PlanEntry, problem: string): WorkbenchError {
  return new WorkbenchError('invalid-input', `Layer '${layerId}' of the plan ${problem}`, {
    details: { layerId }
  })
}
