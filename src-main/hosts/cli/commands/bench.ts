import { Command, Option } from 'commander'
import { benchParts, type BenchPart } from '../../../services/bench'
import { formatBench } from '../../../services/report/bench-text'
import type { CommandContext } from '../command-context'
import { parsePositiveInteger } from '../parse-options'

interface BenchOptions {
  readonly calibration: string
  readonly data: string
  readonly threads: number
  readonly only?: BenchPart[]
  readonly quick?: boolean
  readonly json?: boolean
}

export function benchCommand(context: CommandContext): Command {
  return new Command('bench')
    .description(
      'Time decomposition, latency, planning, studies, throughput and training steps on this machine.'
    )
    .argument('<model>', 'model folder or .onnx file')
    .requiredOption('--calibration <manifest>', 'speech that the statistics come from')
    .requiredOption('--data <manifest>', 'speech that is heard')
    .option('--threads <n>', 'threads inside one operator', parsePositiveInteger, 1)
    .addOption(new Option('--only <part...>', 'measure these parts').choices(benchParts))
    .option('--quick', 'fewer repetitions: a look, not a measurement')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  lathe bench models/asr --calibration speech/dev.jsonl --data speech/eval.jsonl --quick'
    )
    .action(async (model: string, options: BenchOptions) => {
      const report = await context.services.bench(
        {
          modelPath: model,
          calibrationPath: options.calibration,
          datasetPath: options.data,
          parts: options.only ?? benchParts,
          quick: options.quick ?? false,
          threads: options.threads
        },
        context.following()
      )
      context.clearProgress()
      context.print(options.json ? JSON.stringify(report, null, 2) : formatBench(report))
    })
}
