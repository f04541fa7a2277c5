import type { UtteranceRecord } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import type { EvaluateRequest, EvaluateResult, ServiceOptions } from './requests'
import { withEngine } from './with-engine'

/** Measures one model on one data set, in a fresh process so that its memory figure is its own. */
export async function evaluateModel(
  launcher: EngineLauncher,
  { modelPath, datasetPath, settings }: EvaluateRequest,
  options: ServiceOptions = {}
): Promise<EvaluateResult> {
  const utterances: UtteranceRecord[] = []
  const { description, modelFile } = await withEngine(launcher, (engine) =>
    engine.request('model.recognize', { modelPath }, options)
  )
  const measurement = await withEngine(launcher, (engine) =>
    engine.request(
      'model.evaluate',
      { description, modelFile, datasetPath, settings, known: [] },
      { ...options, onRecords: (records) => utterances.push(...records) }
    )
  )
  return { measurement, utterances }
}
