/** The engine's jobs over one backend. What builds share is kept between requests of one study. */
import { countTrainable } from '../../adaptation/trainable-parameters'
import type { Clock } from '../../base/clock'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { SessionParams } from '../protocol'
import type { Jobs } from '../serve'
import { runBench } from './bench'
import { benchStream } from './bench-throughput'
import { buildModel } from './build-model'
import { BuildSession } from './build-session'
import { computationVersions } from './computation-versions'
import { cutRecording } from './cut-recording'
import { describeDataset } from './dataset'
import { describeModel } from './describe-model'
import { evaluateModel } from './evaluate-model'
import { exportModel } from './export-model'
import { makeDemoSpeech } from './make-demo-speech'
import { measurePairedLatency } from './measure-paired-latency'
import { openModel, requireDescription } from './open-model'
import { peekDataset } from './peek-dataset'
import { planJob, probeJob, spectraJob, statisticsJob, twinsJob } from './session-jobs'
import { transcribe } from './transcribe'
import { trainModel } from './train-model'
import { writeDemoModel } from './write-demo-model'

export function createJobs(backend: InferenceBackend, clock: Clock): Jobs {
  let session: BuildSession | undefined

  async function sessionFor(params: SessionParams): Promise<BuildSession> {
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
    async 'model.identify'({ modelPath }) {
      const { description, file, modelHash } = await openModel(modelPath)
      return { description, modelFile: file, modelHash }
    },
    'dataset.describe': describeDataset,
    'dataset.peek': ({ datasetPath }, context) => peekDataset(datasetPath, clock, context),
    async 'model.build'(params, context) {
      const builds = await sessionFor(params)
      // Before the long work, not after it: audio is of use only to a model that can be driven.
      if (builds.hasCalibrationSet) requireDescription(builds.opened)
      return buildModel(builds, params, context)
    },
    async 'model.plan'(params, context) {
      return planJob(await sessionFor(params), params, context)
    },
    async 'model.spectra'(params, context) {
      return spectraJob(await sessionFor(params), params, context)
    },
    async 'weights.statistics'(params, context) {
      return statisticsJob(await sessionFor(params), params, context)
    },
    async 'model.twins'(params) {
      return twinsJob(await sessionFor(params), params)
    },
    async 'machine.probe'(params, context) {
      const { modelPath, workspaceFolder } = params
      return probeJob(await sessionFor(withoutCalibration({ modelPath, workspaceFolder })), params, context)
    },
    'model.evaluate': (params, context) => evaluateModel(backend, clock, params, context),
    'latency.compare': (params, context) => measurePairedLatency(backend, clock, params, context),
    async 'bench.conditions'({ modelPath }) {
      const opened = await openModel(modelPath)
      requireDescription(opened)
      return { modelHash: opened.modelHash, runtime: backend.description }
    },
    'bench.run': (params, context) => runBench({ backend, clock, sessionFor }, params, context),
    async 'bench.stream'(params, context) {
      return benchStream(await sessionFor(params), params, context)
    },
    'model.export': (params) => exportModel(backend, params),
    'model.train': (params, context) => trainModel(backend, clock, params, context),
    async 'model.countTrainable'({ modelPath, ...selection }) {
      return countTrainable((await openModel(modelPath)).model, selection)
    },
    'model.transcribe': (params, context) => transcribe(backend, clock, params, context),
    'demo.model': async (params) => {
      await writeDemoModel(params)
      return null
    },
    'dataset.cut': (params) => cutRecording(params),
    'demo.speech': makeDemoSpeech
  }
}

/** A session for jobs that need the model alone. */
function withoutCalibration(params: Pick<SessionParams, 'modelPath' | 'workspaceFolder'>): SessionParams {
  return {
    ...params,
    calibrationPath: undefined,
    calibrationHash: undefined,
    resample: false,
    skipUnreadable: false,
    threads: 1
  }
}
