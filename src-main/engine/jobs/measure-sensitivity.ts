/**
 * What cutting one layer alone does to the outputs of the whole model, measured.
 *
 * Layers are visited from the front of the model to its end. What lies before the layer in hand is run once per
 * utterance and kept; every rank then runs only the rest, in one session with the factors as inputs. Over all layers
 * that is about half the work of running the whole model each time.
 */
import { WorkbenchError } from '@contract/errors'
import type { SensitivityTable } from '@contract/rank-plan'
import { assertNever } from '../../base/assert-never'
import { throwIfCancelled } from '../../base/abort'
import { breakEvenRank } from '../../compression/allocation/break-even'
import { freeRankSuffix, type FreeRankSuffix } from '../../compression/free-rank-suffix'
import { layerMatrix } from '../../compression/layer-matrix'
import type { LowRankFactors } from '../../compression/low-rank-factors'
import { addDamage, meanDamage, noDamage, type OutputDamageMeasure } from '../../evaluation/output-damage'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import type { SpeechModelDescription } from '../../speech/families/family'
import type { JobContext } from '../serve'
import { withSession } from './derived-model'
import { floatOutput, ModelWalk, type WalkInputs } from './model-walk'

/** Raised when the same model, factors and data would give another table. */
export const sensitivityVersion = 1

/** Ranks that are measured, as shares of break-even: from a slight cut to a deep one. */
export const sensitivityRankShares: readonly number[] = [3 / 4, 1 / 2, 1 / 4, 1 / 8]

/** Utterances that are measured on: damages are means over frames, of which a few utterances have many. */
export const sensitivityUtterances = 16

export interface SensitivityInputs extends Omit<WalkInputs, 'utterances'> {
  /** Layers to measure; those that share a matrix are cut together. */
  readonly layers: readonly LinearLayer[]
  /** Of each matrix, by `layerMatrix`. */
  readonly factors: ReadonlyMap<string, LowRankFactors>
  /** Most utterances to use; `sensitivityUtterances` by default. */
  readonly utterances?: number
  readonly rankShares?: readonly number[]
  /** Measured ranks are multiples of this. */
  readonly rankMultiple: number
}

/**
 * The damage of each matrix at several ranks: KL divergence of the output distribution per frame against the uncompressed
 * model, or the mean squared error of outputs that are no logits.
 *
 * Damages are at least 0. Matrices too small for any permitted rank are not in the table.
 *
 * @throws WorkbenchError `invalid-input` for a data set without utterances, `numerical` naming the layer and rank that
 * gave outputs that are not finite, `cancelled`.
 */
export async function measureSensitivity(
  inputs: SensitivityInputs,
  context: JobContext
): Promise<SensitivityTable> {
  const { outputName } = inputs.recognizer.description
  const targets = cutTargets(inputs, outputName)
  const walk = await ModelWalk.start({ utterances: sensitivityUtterances, ...inputs }, context)
  const measure = damageMeasure(inputs.recognizer.description)
  const layers: SensitivityTable['layers'] = []
  const runs = walk.utterances.length * targets.reduce((sum, { ranks }) => sum + ranks.length, 0)
  let completed = 0
  for (const target of targets) {
    await walk.advanceTo(target.suffix.position)
    const points = await measureTarget(target, { inputs, walk, measure }, async () => {
      completed++
      context.progress({ stage: 'measure sensitivity', completed, total: runs, unit: 'runs' })
      await context.breathe()
      throwIfCancelled(context.signal)
    })
    layers.push(...target.layerIds.map((layerId) => ({ layerId, points })))
  }
  return { sensitivityTableVersion: 1, measure, layers: inModelOrder(layers, inputs.layers) }
}

/** What the output of a model is decides how its damage is counted. */
export function damageMeasure(description: SpeechModelDescription): OutputDamageMeasure {
  switch (description.family) {
    case 'ctc-encoder':
      return 'kl-divergence'
    case 'audio-classifier':
      return description.scores === 'logits' ? 'kl-divergence' : 'output-mean-squared-error'
    default:
      return assertNever(description)
  }
}

/** The ranks to measure, descending: shares of break-even, rounded down to the multiple but never below it. */
export function sensitivityRanks(
  { inFeatures, outFeatures }: Pick<LinearLayer, 'inFeatures' | 'outFeatures'>,
  rankMultiple: number,
  shares: readonly number[] = sensitivityRankShares
): number[] {
  const most = breakEvenRank(inFeatures, outFeatures)
  if (most < rankMultiple) return []
  const ranks = shares.map((share) => Math.max(1, Math.floor((share * most) / rankMultiple)) * rankMultiple)
  return [...new Set(ranks)].sort((a, b) => b - a)
}

/** One matrix, where it is cut, and at which ranks. */
interface CutTarget {
  readonly layerIds: readonly string[]
  readonly ranks: readonly number[]
  readonly suffix: FreeRankSuffix
}

function cutTargets(inputs: SensitivityInputs, outputName: string): CutTarget[] {
  const { model, layers, factors, rankMultiple, rankShares } = inputs
  const targets = [...Map.groupBy(layers, layerMatrix)].flatMap(([matrix, users]): CutTarget[] => {
    const whole = factors.get(matrix)
    const ranks = sensitivityRanks(users[0]!, rankMultiple, rankShares)
    if (ranks.length === 0) return []
    if (whole === undefined) throw new WorkbenchError('internal', `Matrix '${matrix}' was not factorised.`)
    const suffix = freeRankSuffix(model, users, whole, [outputName])
    return [{ layerIds: users.map(({ id }) => id), ranks, suffix }]
  })
  return targets.sort((a, b) => a.suffix.position - b.suffix.position)
}

interface Surroundings {
  readonly inputs: SensitivityInputs
  readonly walk: ModelWalk
  readonly measure: OutputDamageMeasure
}

async function measureTarget(
  { layerIds, ranks, suffix }: CutTarget,
  { inputs, walk, measure }: Surroundings,
  afterRun: () => Promise<void>
): Promise<{ rank: number; damage: number }[]> {
  const { outputName } = inputs.recognizer.description
  return withSession(inputs, suffix.model, async (session) => {
    const points: { rank: number; damage: number }[] = []
    for (const rank of ranks) {
      const factorFeeds = suffix.factorFeeds(rank)
      let total = noDamage
      for (const [index, reference] of walk.references.entries()) {
        const feeds = { ...walk.values(index, suffix.liveInputs), ...factorFeeds }
        const output = floatOutput(await session.run(feeds, [outputName]), outputName)
        const pair = {
          reference: reference.data,
          candidate: output.data,
          classes: reference.dims.at(-1) ?? 1
        }
        total = onCut(layerIds[0]!, rank, () => addDamage(total, measure, pair))
        await afterRun()
      }
      points.push({ rank, damage: meanDamage(total) })
    }
    return points.reverse()
  })
}

/** Outputs know nothing of layers; whoever reads the message must. */
function onCut<T>(layerId: string, rank: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error
    throw new WorkbenchError(error.code, `Layer '${layerId}' cut to rank ${rank}: ${error.message}`, {
      details: { layerId, rank },
      cause: error
    })
  }
}

function inModelOrder(
  measured: SensitivityTable['layers'],
  layers: readonly LinearLayer[]
): SensitivityTable['layers'] {
  const order = new Map(layers.map(({ id }, index) => [id, index]))
  return measured.toSorted((a, b) => order.get(a.layerId)! - order.get(b.layerId)!)
}
