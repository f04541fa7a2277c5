/** What an exported model carries to explain itself: a card for people, a plan for tools. */
import type { BuiltModel, Measurement } from '@contract/trial'
import { latheVersion } from '../../base/lathe-version'
import type { TrialMaking } from '../../study/trial-spec'
import { formatBytes, formatCount, formatPercent } from '@contract/display-numbers'

export interface ExportedTrial {
  readonly name: string
  readonly making: TrialMaking
  readonly built: BuiltModel
  /** Absent when the model was not measured. */
  readonly measurement?: Measurement
}

/** Text files to put beside the model, by name. */
export function exportDocuments(trial: ExportedTrial): Record<string, string> {
  const { name, making, built, measurement } = trial
  const plan = { lathe: latheVersion, name, making, model: built, measurement }
  return { 'lathe-card.md': modelCard(trial), 'lathe-plan.json': `${JSON.stringify(plan, null, 2)}\n` }
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
    ...built.parity.map(
      ({ comparison, maxRelativeError, cosineSimilarity, utterances }) =>
        `- Outputs against the original (${comparison}, ${utterances} utterances): largest difference ${maxRelativeError.toExponential(2)} of the largest output, cosine ${cosineSimilarity.toFixed(6)}`
    ),
    ...(measurement === undefined ? ['- Word error rate: not measured'] : measurementLines(measurement)),
    '',
    'The plan with every layer and rank is in `lathe-plan.json`.'
  ]
  return `${lines.join('\n')}\n`
}

function measurementLines(measurement: Measurement): string[] {
  const { wordErrors, wordErrorRateInterval, conditions, latencyMilliseconds } = measurement
  const errors = wordErrors.substitutions + wordErrors.deletions + wordErrors.insertions
  return [
    `- Word error rate: ${formatPercent(measurement.wordErrorRate)} (${errors} of ${wordErrors.referenceWords} words; 95 % interval ${formatPercent(wordErrorRateInterval.lower)} to ${formatPercent(wordErrorRateInterval.upper)}; normalizer ${conditions.normalizer})`,
    `- Latency per utterance: p50 ${latencyMilliseconds.p50.toFixed(1)} ms, p95 ${latencyMilliseconds.p95.toFixed(1)} ms, ${(1 / measurement.realTimeFactor).toFixed(1)} times faster than real time (${conditions.threads} thread(s), ${conditions.processor}, ${conditions.runtime})`
  ]
}
