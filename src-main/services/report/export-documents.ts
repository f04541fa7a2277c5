/** What an exported model carries to explain itself: a card for people, a plan for tools. */
import { formatBytes, formatCount, formatPercent } from '@contract/display-numbers'
import { qualityOf } from '@contract/quality'
import type { BuiltModel, Measurement, Parity } from '@contract/trial'
import { latheVersion } from '../../base/lathe-version'
import type { TrialMaking } from '../../study/trial-spec'
import { planDocument } from './plan-document'

export interface ExportedTrial {
  readonly name: string
  readonly making: TrialMaking
  readonly built: BuiltModel
  /** Of the uncompressed model, whose layers the plan names. */
  readonly originalModelHash: string
  /** Absent when the model was not measured. */
  readonly measurement?: Measurement
}

/** Name of the card for people. */
export const cardFileName = 'lathe-card.md'

/** Text files to put beside the model, by name. */
export function exportDocuments(trial: ExportedTrial): Record<string, string> {
  const { name, making, built, originalModelHash, measurement } = trial
  const record = { lathe: latheVersion, name, making, model: built, measurement }
  const { plan, planOrigin } = built
  return {
    [cardFileName]: modelCard(trial),
    'lathe-plan.json': `${JSON.stringify(record, null, 2)}\n`,
    ...(planOrigin === undefined
      ? {}
      : { 'plan.json': planDocument(plan, { modelHash: originalModelHash, ...planOrigin }) })
  }
}

function modelCard({ name, built, measurement }: ExportedTrial): string {
  const dense = built.plan.filter(({ rank }) => rank === null).length
  const lines = [
    `# ${name}`,
    '',
    `Made by Lathe ${latheVersion}. Runs in stock ONNX Runtime; every file the original needs is beside it.`,
    '',
    `- Size: ${formatBytes(built.sizeBytes)}, ${formatCount(built.parameterCount)} parameters`,
    `- Kept in the compressed linear layers: ${formatPercent(built.retainedParameterFraction)} of their parameters`,
    `- Layers factorised: ${built.plan.length - dense}; left dense by the plan: ${dense}`,
    ...built.parity.map(parityLine),
    ...(measurement === undefined ? ['- Errors: not measured'] : measurementLines(measurement)),
    '',
    'Everything recorded about it is in `lathe-plan.json`.',
    ...(built.planOrigin === undefined
      ? []
      : ['The ranks are in `plan.json`, to edit and to use again: `lathe compress --plan plan.json`.'])
  ]
  return `${lines.join('\n')}\n`
}

function parityLine({ comparison, utterances, maxRelativeError, cosineSimilarity }: Parity): string {
  const what =
    comparison === 'layer-products'
      ? 'Every layer at full rank against its weight, on random inputs'
      : `Outputs against the original (${comparison}, ${utterances} utterances)`
  return `- ${what}: largest difference ${maxRelativeError.toExponential(2)} of the largest output, cosine ${cosineSimilarity.toFixed(6)}`
}

function measurementLines(measurement: Measurement): string[] {
  const { conditions, latencyMilliseconds, throughput } = measurement
  return [
    ...errorLines(measurement),
    `- Latency per utterance: p50 ${latencyMilliseconds.p50.toFixed(1)} ms, p95 ${latencyMilliseconds.p95.toFixed(1)} ms, ${(1 / measurement.realTimeFactor).toFixed(1)} times faster than real time (${conditions.threads} thread(s), ${conditions.processor}, ${conditions.runtime})`,
    ...(throughput === undefined
      ? []
      : [
          `- Throughput in padded batches: ${throughput.realTimeSpeed.toFixed(1)} times faster than real time (one at a time: ${throughput.unbatchedRealTimeSpeed.toFixed(1)})`
        ])
  ]
}

function errorLines(measurement: Measurement): string[] {
  const { wordErrors, characterErrorRate, correct, utterances, conditions } = measurement
  const quality = qualityOf(measurement)
  if (quality === undefined) return []
  const interval = `95 % interval ${formatPercent(quality.lower)} to ${formatPercent(quality.upper)}`
  if (quality.kind === 'classification-error') {
    return [
      `- Wrong labels: ${formatPercent(quality.errorRate)} (${utterances - (correct ?? 0)} of ${utterances} recordings; ${interval})`
    ]
  }
  const { substitutions = 0, deletions = 0, insertions = 0, referenceWords = 0 } = wordErrors ?? {}
  return [
    `- Word error rate: ${formatPercent(quality.errorRate)} (${substitutions + deletions + insertions} of ${referenceWords} words; ${interval}; normalizer ${conditions.normalizer})`,
    ...(characterErrorRate === undefined
      ? []
      : [`- Character error rate: ${formatPercent(characterErrorRate)}`])
  ]
}
