import os from 'node:os'
import process from 'node:process'
import type { Conditions } from '@contract/trial'
import { latheVersion } from '../../base/lathe-version'
import { sessionExecution, type InferenceBackend } from '../../runtime/inference-backend'
import { resamplerName } from '../../speech/audio/resample'
import { findNormalizer } from '../../speech/text/normalizers'
import type { EvaluateParams } from '../protocol'

/** Under what the figures of an evaluation in this process hold. */
export function describeConditions(
  backend: InferenceBackend,
  { description, settings }: Pick<EvaluateParams, 'description' | 'settings'>
): Conditions {
  const { name, version } = findNormalizer(settings.normalizer)
  return {
    runtime: backend.description,
    execution: `${sessionExecution.provider}, graph optimization ${sessionExecution.graphOptimization}`,
    platform: `${process.platform} ${process.arch}`,
    processor: os.cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    lathe: latheVersion,
    threads: settings.threads,
    warmupUtterances: settings.warmupUtterances,
    normalizer: `${name} ${version}`,
    resampling: settings.resample ? `to ${description.sampleRateHz} Hz where needed, ${resamplerName}` : null
  }
}
