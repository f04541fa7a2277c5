import type { BenchSection } from '@contract/bench-report'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import { benchFigure } from '../../evaluation/bench-figure'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { BenchParams, SessionParams } from '../protocol'
import type { JobContext } from '../serve'
import { elapsedFigures, timed, type Elapsed } from './bench-elapsed'
import { benchMaking } from './bench-making'
import { buildModel } from './build-model'
import { BuildSession } from './build-session'
import { planJob } from './session-jobs'

const policies = ['uniform', 'energy', 'water-filling', 'effective-rank'] as const

/** Times a plan at another budget when spectra are known, as a slider asks for it. */
export async function benchPlanning(
  session: BuildSession,
  { runs, evaluationThreads }: BenchParams,
  context: JobContext
): Promise<BenchSection> {
  const times = policies.map((): Elapsed[] => [])
  for (let round = 0; round <= 4 * runs; round++) {
    throwIfCancelled(context.signal)
    for (const [which, policy] of policies.entries()) {
      const making = benchMaking(0.3 + (0.5 * round) / (4 * runs), { policy })
      const plan = () => planJob(session, { ...session.params, making, evaluationThreads }, context)
      const elapsed = await timed(session.clock, plan)
      if (round > 0) times[which]!.push(elapsed)
    }
  }
  return {
    title: 'Planning another budget',
    remarks: ['Spectra in memory; predictions and the uniform plan beside it included.'],
    figures: policies.map((policy, which) =>
      benchFigure(
        policy,
        'ms',
        times[which]!.map(({ wall }) => wall)
      )
    )
  }
}

/**
 * Times making `tiers` sizes in one study against making each by itself, everything but evaluation: opening, statistics, factors,
 * checks, rewriting, storing. Each run starts with an empty cache; the two ways alternate.
 */
export async function benchStudy(
  { backend, clock }: { readonly backend: InferenceBackend; readonly clock: Clock },
  params: BenchParams,
  context: JobContext
): Promise<BenchSection> {
  const { tiers, studies } = params
  const retained = Array.from({ length: tiers }, (_, index) => 0.9 - (0.6 * index) / Math.max(1, tiers - 1))
  const together: Elapsed[] = []
  const apart: Elapsed[] = []
  let folders = 0
  const build = async (fractions: readonly number[]) => {
    const session: SessionParams = {
      ...params,
      workspaceFolder: `${params.workspaceFolder}/study-${folders++}`
    }
    return timed(clock, () => buildAll({ backend, clock }, { ...params, ...session }, fractions, context))
  }
  for (let round = 0; round < studies; round++) {
    together.push(await build(retained))
    let [wall, processor] = [0, 0]
    for (const fraction of retained) {
      const elapsed = await build([fraction])
      wall += elapsed.wall
      processor += elapsed.processor
    }
    apart.push({ wall, processor })
  }
  const quotients = (key: keyof Elapsed) => apart.map((run, index) => run[key] / together[index]![key])
  return {
    title: `A study of ${tiers} tiers against ${tiers} separate runs`,
    remarks: [
      `whitened-svd, uniform ranks, calibrated on ${params.calibrationRecordings ?? 'all'} recordings.`,
      'All but evaluation, empty caches, one engine process.'
    ],
    figures: [
      ...elapsedFigures('one study', together),
      ...elapsedFigures('separate runs', apart),
      benchFigure('  the study is faster', 'x', quotients('wall')),
      benchFigure('  in processor time', 'x', quotients('processor'))
    ]
  }
}

async function buildAll(
  { backend, clock }: { readonly backend: InferenceBackend; readonly clock: Clock },
  params: BenchParams,
  fractions: readonly number[],
  context: JobContext
): Promise<void> {
  const session = await BuildSession.open(params, backend, clock)
  try {
    for (const fraction of fractions) {
      throwIfCancelled(context.signal)
      await buildModel(session, { ...params, making: benchMaking(fraction) }, context)
    }
  } finally {
    await session.release()
  }
}
