/** The engine's jobs over one backend. What builds share is kept between requests of one study. */
import type { Clock } from '../../base/clock'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { BuildParams } from '../protocol'
import type { Jobs } from '../serve'
import { buildModel } from './build-model'
import { BuildSession } from './build-session'
import { computationVersions } from './computation-versions'
import { describeDataset } from './dataset'
import { describeModel } from './describe-model'
import { evaluateModel } from './evaluate-model'
import { exportModel } from './export-model'
import { openModel, requireDescription } from './open-model'

export function createJobs(backend: InferenceBackend, clock: Clock): Jobs {
  let session: BuildSession | undefined

  async function sessionFor(params: BuildParams): Promise<BuildSession> {
    if (session?.serves(params)) return session
    await session?.release()
    session = undefined
    session = await BuildSession.open(params, backend, clock)
    return session
  }

  return {
    'model.describe': describeModel,
    async 'model.recognize'({ modelPath }) {
      const opened = await openModel(modelPath)
      return {
        description: requireDescription(opened),
        modelFile: opened.file,
        modelHash: opened.modelHash,
        versions: computationVersions
      }
    },
    'dataset.describe': describeDataset,
    async 'model.build'(params, context) {
      return buildModel(await sessionFor(params), params, context)
    },
    'model.evaluate': (params, context) => evaluateModel(backend, clock, params, context),
    'model.export': (params) => exportModel(backend, params)
  }
}
