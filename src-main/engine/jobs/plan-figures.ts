/** Figures that choosing ranks needs beside spectra: costs of the model, times of this machine, damages of single cuts. */
import os from 'node:os'
import { machineProbeSchema, sensitivityTableSchema, type SensitivityTable } from '@contract/rank-plan'
import type { LowRankMethod, Precision } from '@contract/recipe'
import { canonicalJson } from '../../base/canonical-json'
import type { KeptFactors, LowRankFactors } from '../../compression/low-rank-factors'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { applyPrecision } from '../../compression/methods/precisions'
import type { PlanRanksInputs } from '../../compression/plan-ranks'
import type { ModelCosts } from '../../compression/pricing'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import type { LowRankMaking, RankChoice } from '../../study/trial-spec'
import { sha256Text } from '../../workspace/files'
import type { JobContext } from '../serve'
import type { BuildSession } from './build-session'
import { cachedJson } from './cached-json'
import { countCosts, measureRunMilliseconds } from './model-costs'
import { measureSensitivity, sensitivityVersion } from './measure-sensitivity'
import { machineProbeVersion, probeMachine, timedShapes, type MachineProbe } from './probe-machine'

/** Everything that `planRanks` needs to choose the ranks of `making` for factorised layers. */
export async function planFigures(
  session: BuildSession,
  { ranks, precision, method, damping }: LowRankMaking,
  {
    layers,
    factors,
    evaluationThreads: threads
  }: {
    readonly layers: readonly LinearLayer[]
    /** Read only where cuts have to be tried. */
    readonly factors: ReadonlyMap<string, KeptFactors>
    readonly evaluationThreads: number
  },
  context: JobContext
): Promise<PlanRanksInputs> {
  const costs = await costsOf(session, { ranks, precision, layers, threads }, context)
  const inputs = { layers, spectra: factors, options: ranks, costs }
  if (ranks.policy !== 'sensitivity') return inputs
  const { rankMultiple } = ranks
  const question = { layers, factors, method, damping, rankMultiple }
  return { ...inputs, sensitivities: await sensitivitiesOf(session, question, context) }
}

interface CostQuestion {
  readonly ranks: RankChoice
  readonly precision: Precision
  /** The layers to compress. */
  readonly layers: readonly LinearLayer[]
  /** With which the finished model will run. */
  readonly threads: number
}

/** What the budget of `ranks` counts, counted or measured. */
async function costsOf(
  session: BuildSession,
  { ranks, precision, layers, threads }: CostQuestion,
  context: JobContext
): Promise<ModelCosts> {
  const { model, opened, keepFloat, backend, clock } = session
  const { description } = opened
  const unit = ranks.policy === 'manual' ? 'parameters' : ranks.budgetUnit
  const countedUnit = unit === 'milliseconds' ? 'macs' : unit
  const counted = await session.costs(canonicalJson([countedUnit, precision]), () =>
    countCosts({ model, sizeBytes: opened.sizeBytes, description, precision, keepFloat }, countedUnit)
  )
  if (ranks.policy === 'manual' || unit !== 'milliseconds') return counted
  const { table } = await probeOf(session, { layers, precision, threads }, context)
  if (ranks.budgetScope === 'layers') return { ...counted, latency: { table } }
  const dense = applyPrecision(model, precision, keepFloat)
  const { temporaryFolder } = session.workspace
  const timed = { model: dense, description: session.description, backend, clock, threads, temporaryFolder }
  return { ...counted, latency: { table, modelMilliseconds: await measureRunMilliseconds(timed, context) } }
}

/** What of this machine is timed. */
interface ProbeQuestion {
  readonly layers: readonly LinearLayer[]
  readonly precision: Precision
  readonly threads: number
  /** Measured even when times are remembered, in place of those. */
  readonly again?: boolean
}

/**
 * Times of this machine for the shapes of `layers`: from the cache, or measured. A time is no exact quantity; taking it once
 * and keeping it is what makes plans repeatable, until somebody asks for it `again`.
 */
export async function probeOf(
  session: BuildSession,
  { layers, precision, threads, again = false }: ProbeQuestion,
  context: JobContext
): Promise<MachineProbe> {
  const { model, opened, description, keepFloat, backend, clock, workspace } = session
  const macs = countCosts({ model, sizeBytes: opened.sizeBytes, description, precision, keepFloat }, 'macs')
    .macs!.perNode
  const shapes = timedShapes(layers, macs)
  const processor = os.cpus()[0]?.model ?? 'unknown'
  const conditions = {
    version: machineProbeVersion,
    processor,
    runtime: backend.description,
    threads,
    precision
  }
  const key = sha256Text(canonicalJson({ ...conditions, shapes: shapes.map((shape) => ({ ...shape })) }))
  return cachedJson(workspace.cache, { kind: 'latency', key, again }, machineProbeSchema, () =>
    probeMachine({ shapes, backend, clock, threads, precision, processor }, context)
  )
}

/** Damages of cutting each layer alone: from the cache, or measured on the calibration set. */
async function sensitivitiesOf(
  session: BuildSession,
  question: {
    readonly layers: readonly LinearLayer[]
    readonly factors: ReadonlyMap<string, KeptFactors>
    readonly method: LowRankMethod
    readonly damping: number
    readonly rankMultiple: number
  },
  context: JobContext
): Promise<SensitivityTable> {
  const { layers, factors, method, damping, rankMultiple } = question
  const { version } = lowRankMethodTable[method]
  const about = {
    sensitivityVersion,
    method,
    version,
    damping,
    rankMultiple,
    layers: layers.map(({ id }) => id)
  }
  const key = await session.cacheKey(about, context)
  return cachedJson(
    session.workspace.cache,
    { kind: 'sensitivity', key },
    sensitivityTableSchema,
    async () => {
      const dataset = await session.calibrationSet()
      const { model, resampleToHz, backend, params } = session
      const decomposed = new Map<string, LowRankFactors>()
      for (const [key, kept] of factors) decomposed.set(key, await kept.read())
      const { temporaryFolder } = session.workspace
      return session.withSoundInput((recognizer) =>
        measureSensitivity(
          {
            model,
            layers,
            factors: decomposed,
            recognizer,
            dataset,
            resampleToHz,
            backend,
            threads: params.threads,
            temporaryFolder,
            rankMultiple
          },
          context
        )
      )
    }
  )
}
