import { Command, Option } from 'commander'
import { evaluationSettingsSchema, normalizerNames } from '@contract/recipe'
import { formatMeasurement } from '../../../services/report/measurement-text'
import type { CommandContext } from '../command-context'
import { addMemoryOption, type MemoryOptions } from './resource-options'
import { parsePositiveInteger, parseWholeNumber } from '../parse-options'

interface EvaluateOptions extends MemoryOptions {
  readonly data: string
  readonly threads: number
  readonly warmup: number
  readonly worst: number
  readonly normalizer: string
  readonly bootstrapUnit: string
  readonly resample?: boolean
  readonly skipUnreadable?: boolean
  readonly throughput?: boolean
  readonly json?: boolean
}

export function evaluateCommand(context: CommandContext): Command {
  const command = new Command('evaluate')
    .description('Measure errors, latency and memory of a model on recorded speech.')
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
    .addOption(
      new Option(
        '--bootstrap-unit <unit>',
        'what intervals are drawn over; speaker: where recordings of one err alike'
      )
        .choices(['utterance', 'speaker'])
        .default('utterance')
    )
    .option('--skip-unreadable', 'leave out recordings that cannot be read, by name, instead of stopping')
    .option('--throughput', 'measure padded batches of recordings of like length too')
  return addMemoryOption(command)
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
          memoryLimitBytes: options.memoryLimit,
          settings: evaluationSettingsSchema.parse({
            threads: options.threads,
            warmupUtterances: options.warmup,
            normalizer: options.normalizer,
            bootstrapUnit: options.bootstrapUnit,
            resample: options.resample ?? false,
            skipUnreadable: options.skipUnreadable ?? false,
            throughput: options.throughput ?? false
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
