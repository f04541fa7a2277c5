import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UtteranceRecord } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import { removeQuietly } from '../workspace/files'
import { randomKey } from '../workspace/random-key'
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
  // Made only where it is needed; without a workspace there is no other.
  const temporaryFolder = join(tmpdir(), `lathe-evaluate-${randomKey()}`)
  try {
    const measurement = await withEngine(launcher, (engine) =>
      engine.request(
        'model.evaluate',
        { description, modelFile, datasetPath, settings, known: [], temporaryFolder },
        { ...options, onRecords: (records) => utterances.push(...records) }
      )
    )
    return { measurement, utterances }
  } finally {
    await removeQuietly(temporaryFolder)
  }
}
