import { Command, Option } from 'commander'
import { evaluationSettingsSchema, normalizerNames } from '@contract/recipe'
import type { Measurement, UtteranceRecord } from '@contract/trial'
import { formatBytes, formatDuration, formatPercent } from '@contract/display-numbers'
import type { CommandContext } from '../command-context'
import { parsePositiveInteger, parseWholeNumber } from '../parse-options'

interface EvaluateOptions {
  readonly data: string
  readonly threads: number
  readonly warmup: number
  readonly worst: number
  readonly normalizer: string
  readonly resample?: boolean
  readonly json?: boolean
}

export function evaluateCommand(context: CommandContext): Command {
  return new Command('evaluate')
    .description('Measure word error rate, latency and memory of a model on recorded speech.')
    .argument('<model>', 'model folder or .onnx file')
    .requiredOption(
      '--data <manifest>',
      'data set: NeMo, LibriSpeech, Kaldi, audiofolder, Common Voice, CSV, ...'
    )
    .option('--threads <n>', 'threads inside one operator', parsePositiveInteger, 1)
    .option('--warmup <n>', 'utterances run before timing starts', parseWholeNumber, 3)
    .addOption(
      new Option('--normalizer <name>', 'text normalizer before words are counted')
        .choices(normalizerNames)
        .default('none')
    )
    .option('--resample', 'resample audio at another rate instead of refusing it')
    .option('--worst <n>', 'how many of the worst utterances to show', parseWholeNumber, 5)
    .option('--json', 'print JSON with every utterance')
    .addHelpText(
      'after',
      '\nExample:\n  lathe evaluate models/whisper-tiny-ctc --data speech/eval.jsonl --threads 2'
    )
    .action(async (model: string, options: EvaluateOptions) => {
      const { measurement, utterances } = await context.services.evaluate(
        {
          modelPath: model,
          datasetPath: options.data,
          settings: evaluationSettingsSchema.parse({
            threads: options.threads,
            warmupUtterances: options.warmup,
            normalizer: options.normalizer,
            resample: options.resample ?? false
          })
        },
        context.following()
      )
      context.clearProgress()
      context.print(
        options.json
          ? JSON.stringify({ ...measurement, records: utterances }, null, 2)
          : formatMeasurement(measurement, utterances, options.worst)
      )
    })
}

function formatMeasurement(
  measured: Measurement,
  utterances: readonly UtteranceRecord[],
  worst: number
): string {
  const { wordErrors, wordErrorRateInterval: interval, latencyMilliseconds: latency, conditions } = measured
  const errors = wordErrors.substitutions + wordErrors.deletions + wordErrors.insertions
  const flags = Object.entries(measured.failures).map(([flag, count]) => `${count} ${flag}`)
  const lines = [
    `WER        ${formatPercent(measured.wordErrorRate)}: ${errors} of ${wordErrors.referenceWords} words (S ${wordErrors.substitutions}, D ${wordErrors.deletions}, I ${wordErrors.insertions})`,
    `           95 % interval ${formatPercent(interval.lower)} to ${formatPercent(interval.upper)}`,
    `latency    p50 ${formatDuration(latency.p50)}, p95 ${formatDuration(latency.p95)}, first ${formatDuration(latency.firstRun)} per utterance`,
    `speed      ${(1 / measured.realTimeFactor).toFixed(1)} times faster than real time (RTF ${measured.realTimeFactor.toFixed(4)})`,
    `memory     ${formatBytes(measured.peakResidentBytes)} peak, loaded in ${formatDuration(measured.loadMilliseconds)}`,
    `data       ${measured.utterances} utterances, ${formatDuration(measured.audioSeconds * 1000)} of audio`,
    `failures   ${flags.length === 0 ? 'none' : flags.join(', ')}`,
    `conditions ${conditions.threads} thread(s), ${conditions.warmupUtterances} warm-up runs, ${conditions.runtime}, ${conditions.processor}, normalizer ${conditions.normalizer}`
  ]
  const shown = worstUtterances(utterances, worst)
  if (shown.length > 0) lines.push('', 'Worst utterances:', ...shown.flatMap(formatUtterance))
  return lines.join('\n')
}

function errorCount({ wordErrors }: UtteranceRecord): number {
  return wordErrors.substitutions + wordErrors.deletions + wordErrors.insertions
}

function worstUtterances(utterances: readonly UtteranceRecord[], count: number): UtteranceRecord[] {
  return utterances
    .filter((utterance) => errorCount(utterance) > 0)
    .sort((a, b) => errorCount(b) - errorCount(a))
    .slice(0, count)
}

function formatUtterance(utterance: UtteranceRecord): string[] {
  return [
    `  ${utterance.utteranceId} (${errorCount(utterance)} errors)`,
    `    said   ${utterance.reference}`,
    `    heard  ${utterance.hypothesis}`
  ]
}
