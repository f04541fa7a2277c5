/**
 * Whether the demo's model does better on sentences that it was trained on, said by other voices: the word errors of an
 * evaluation, apart for sentences that are in the training set and for those that are not. Not part of `npm test`.
 *
 * Run: npm run build && node scripts/lathe.js evaluate resources/demo/demo-conformer --data resources/demo/evaluation.jsonl --json \
 *   > out/demo-evaluation.json && npx rolldown tests/performance/seen-sentences.bench.ts --platform node \
 *   --tsconfig tsconfig.base.json -d out/bench && node out/bench/seen-sentences.bench.js out/demo-evaluation.json
 */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { formatPercent } from '../../src-preload/contract/display-numbers'
import { demoSeed } from '../../src-preload/contract/demo-speech'
import type { UtteranceRecord } from '../../src-preload/contract/trial'
import { planSpeech } from '../../src-main/demo/speech-plan'
import { summarizeQuality } from '../../src-main/evaluation/summarize-records'

const { records } = JSON.parse(readFileSync(process.argv[2] ?? 'out/demo-evaluation.json', 'utf8')) as {
  readonly records: readonly UtteranceRecord[]
}
const trained = new Set(planSpeech('training', demoSeed).map(({ text }) => text))
const isSeen = ({ reference }: UtteranceRecord) => trained.has(reference)

for (const [name, part] of [
  ['all', records],
  ['sentence trained on', records.filter(isSeen)],
  ['sentence not trained on', records.filter((record) => !isSeen(record))]
] as const) {
  const { wordErrorRate, wordErrors, wordErrorRateInterval } = summarizeQuality(part, {
    seed: 1,
    bootstrapUnit: 'utterance'
  })
  if (wordErrorRate === undefined || wordErrors === undefined || wordErrorRateInterval === undefined) continue
  const { substitutions, deletions, insertions, referenceWords } = wordErrors
  const { lower, upper } = wordErrorRateInterval
  console.log(
    `${name}: ${part.length} recordings, ${substitutions + deletions + insertions} of ${referenceWords} words wrong, ${formatPercent(wordErrorRate)}, 95 % interval ${formatPercent(lower)} to ${formatPercent(upper)}; ${(referenceWords / part.length).toFixed(2)} words each`
  )
}
