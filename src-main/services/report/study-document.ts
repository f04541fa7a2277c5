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
      `- evaluation set \`${study.evaluationHash}\``
    ].join('\n')
  ]
  return `${sections.join('\n\n')}\n`
}

function conditionsText({
  conditions,
  utterances,
  wordErrors,
  audioSeconds,
  macsReferenceSeconds
}: TrialReport): string {
  if (conditions === undefined) return ''
  return [
    `Measured on ${utterances ?? 0} utterances (${wordErrors?.referenceWords ?? 0} words, ${((audioSeconds ?? 0) / 60).toFixed(1)} min), one at a time.`,
    'WER is summed errors over summed words; the interval is a 95 % bootstrap over utterances.',
    `Latency is features, network and decoding per utterance after ${conditions.warmupUtterances} warm-up runs, with ${conditions.threads} thread(s) on ${conditions.processor} (${conditions.platform}, ${conditions.runtime}, Node ${conditions.node}); peak memory is that of a process which did nothing else.`,
    `MAC/s counts the network's multiply-accumulates per second of audio at ${macsReferenceSeconds ?? 0} s of input.`,
    '"kept" is the share of the compressed linear layers\' parameters; parameters and size are of the whole model.'
  ].join('\n')
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
  const lines = trials.flatMap(({ name, failures, error }) => {
    const flags = Object.entries(failures ?? {}).map(([flag, count]) => `${count} ${flag}`)
    const parts = [...flags, ...(error === undefined ? [] : [error.message])]
    return parts.length === 0 ? [] : [`- ${name}: ${parts.join(', ')}`]
  })
  return lines.length === 0 ? [] : ['## Failures', lines.join('\n')]
}

/** A trial's name as a folder name: `whitened-svd 50% int8` gives `whitened-svd-50-int8`. */
export function trialFolderName(trialName: string): string {
  return trialName
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
