import { availableParallelism } from 'node:os'
import type { ModelPlan } from '@contract/model-plan'
import type { EngineLauncher } from '../engine/launcher'
import type { LowRankMaking } from '../study/trial-spec'
import { writeFile } from '../workspace/files'
import { planText } from './report/plan-document'
import type { ServiceOptions } from './requests'
import { withEngine } from './with-engine'

export interface PlanRequest {
  readonly modelPath: string
  readonly making: LowRankMaking
  readonly calibrationPath: string | undefined
  /** Whether audio at another sample rate is resampled to the model's. */
  readonly resample: boolean
  readonly workspaceFolder: string
  /** Plan file to write; nothing is written when left out. */
  readonly outputFile: string | undefined
}

/** Plans the ranks of a model without making it, and writes the plan where it is asked for. */
export async function planModel(
  launcher: EngineLauncher,
  { outputFile, ...request }: PlanRequest,
  options: ServiceOptions = {}
): Promise<ModelPlan> {
  const planned = await withEngine(launcher, (engine) =>
    engine.request(
      'model.plan',
      {
        ...request,
        calibrationHash: undefined,
        skipUnreadable: false,
        threads: availableParallelism(),
        evaluationThreads: 1
      },
      options
    )
  )
  if (outputFile !== undefined) {
    await writeFile(outputFile, new TextEncoder().encode(planText(planned.planFile)))
  }
  return planned
}
