import type { BenchSection } from '@contract/bench-report'
import { assertNever } from '../../base/assert-never'
import type { Clock } from '../../base/clock'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { BenchParams, SessionParams } from '../protocol'
import type { JobContext } from '../serve'
import { benchDecomposition } from './bench-decomposition'
import { benchLatency } from './bench-latency'
import { benchPlanning, benchStudy } from './bench-study'
import { benchTrainingStep } from './bench-training-step'
import type { BuildSession } from './build-session'

export interface BenchEngine {
  readonly backend: InferenceBackend
  readonly clock: Clock
  readonly sessionFor: (params: SessionParams) => Promise<BuildSession>
}

/** Measures one part of a benchmark in this process. */
export async function runBench(
  engine: BenchEngine,
  params: BenchParams,
  context: JobContext
): Promise<BenchSection> {
  switch (params.part) {
    case 'decomposition':
      return benchDecomposition(await engine.sessionFor(params), params, context)
    case 'latency':
      return benchLatency(await engine.sessionFor(params), params, context)
    case 'planning':
      return benchPlanning(await engine.sessionFor(params), params, context)
    case 'study':
      return benchStudy(engine, params, context)
    case 'training-step':
      return benchTrainingStep(engine, params, context)
    default:
      return assertNever(params.part)
  }
}
