import { formatPercent } from '@contract/display-numbers'
import { qualityOf } from '@contract/quality'
import type { StudyReport, TrialReport } from '@contract/trial'
import { latheVersion } from '../../base/lathe-version'
import { formatTradeOffTable } from './trade-off-table'

/** The study as a document for people: the table, the conditions behind it, and where everything came from. */
export function studyDocument({ study, trials }: StudyReport): string {
  const measured = trials.find(({ conditions }) => conditions !== undefined)
  const sections = [
    `# ${study.name}`,
    '## Trade-off',
    `\`\`\`text\n${formatTradeOffTable(trials)}\n\`\`\``,
    ...(measured === undefined ? [] : [conditionsText(measured)]),
    '## Checks before measuring',
    parityText(trials),
    ...failuresText(trials),
    '## Provenance',
    [
      `- Lathe ${latheVersion}, study \`${study.studyId}\``,
      `- model \`${study.modelHash}\``,
      `- calibration set \`${study.calibrationHash}\``,
      ...(study.developmentHash === null ? [] : [`- development set \`${study.developmentHash}\``]),
      `- evaluation set \`${study.evaluationHash}\``
    ].join('\n')
  ]
  return `${sections.join('\n\n')}\n`
}

function conditionsText(trial: TrialReport): string {
  const { conditions, utterances = 0, audioSeconds = 0, macsReferenceSeconds = 0 } = trial
  if (conditions === undefined) return ''
  return [
    `Measured on ${utterances} utterances (${countedText(trial)}${(audioSeconds / 60).toFixed(1)} min), one at a time.`,
    errorRateText(trial),
    `Latency is features, network and decoding per utterance after ${conditions.warmupUtterances} warm-up runs, with ${conditions.threads} thread(s) on ${conditions.processor} (${conditions.platform}, ${conditions.runtime}, Node ${conditions.node}); peak memory is that of a process which did nothing else.`,
    ...throughputText(trial),
    `MAC/s counts the network's multiply-accumulates per second of audio at ${macsReferenceSeconds} s of input.`,
    '"kept" is the share of the compressed linear layers\' parameters; parameters and size are of the whole model.'
  ].join('\n')
}

/** `1227 words, 70 speakers, ` */
function countedText({ wordErrors, speakers = 0 }: TrialReport): string {
  return [
    ...(wordErrors === undefined ? [] : [`${wordErrors.referenceWords} words, `]),
    ...(speakers === 0 ? [] : [`${speakers} speakers, `])
  ].join('')
}

function errorRateText(trial: TrialReport): string {
  const rates =
    qualityOf(trial)?.kind === 'classification-error'
      ? 'The error rate is the share of recordings whose label is not found'
      : 'WER is summed errors over summed words, CER the same over characters'
  return `${rates}; intervals are 95 % bootstraps, and "vs baseline" is the paired difference in percentage points over the same recordings.`
}

function throughputText({ throughput, throughputObstacle }: TrialReport): string[] {
  if (throughputObstacle !== undefined) return [`Batches were not measured: ${throughputObstacle}`]
  if (throughput === undefined) return []
  return [
    `Batched RTFx runs recordings of like length together, padded to at most ${throughput.batchAudioSeconds} s of audio (${formatPercent(throughput.paddingShare, 1)} padding); nothing is scored by it.`
  ]
}

function parityText(trials: readonly TrialReport[]): string {
  const lines = trials.flatMap(({ name, method, parity }) =>
    (parity ?? []).map(({ comparison, maxRelativeError, cosineSimilarity, tolerance }) => {
      // The full-rank check belongs to the method: every tier of it has the same one.
      const what = comparison === 'full-rank' ? `${method} at full rank` : name
      const limit = tolerance === null ? '' : ` (at most ${tolerance})`
      return `- ${what}: largest difference ${maxRelativeError.toExponential(2)} of the largest output${limit}, cosine ${cosineSimilarity.toFixed(6)}`
    })
  )
  return lines.length === 0 ? 'None were needed.' : [...new Set(lines)].sort(fullRankFirst).join('\n')
}

function fullRankFirst(a: string, b: string): number {
  return Number(b.includes(' at full rank')) - Number(a.includes(' at full rank'))
}

function failuresText(trials: readonly TrialReport[]): string[] {
  const lines = trials.flatMap((trial) => {
    const parts = remarkableParts(trial)
    return parts.length === 0 ? [] : [`- ${trial.name}: ${parts.join(', ')}`]
  })
  return lines.length === 0 ? [] : ['## Failures', lines.join('\n')]
}

/** What went wrong with recordings or with the whole trial, and whether it ended early. */
function remarkableParts({ failures, unreadable, stoppedBefore, utterances, error }: TrialReport): string[] {
  const flags = Object.entries(failures ?? {}).map(([flag, count]) => `${count} ${flag}`)
  const names = (unreadable ?? []).map(({ utteranceId }) => utteranceId)
  return [
    ...flags,
    ...(names.length === 0 ? [] : [`${names.length} not readable (${names.join(', ')})`]),
    ...(stoppedBefore === undefined
      ? []
      : [`stopped after ${utterances ?? 0} of ${stoppedBefore} recordings, as its gates were decided`]),
    ...(error === undefined ? [] : [error.message])
  ]
}

/** A trial's name as a folder name: `whitened-svd 50% int8` gives `whitened-svd-50-int8`. */
export function trialFolderName(trialName: string): string {
  return trialName
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
