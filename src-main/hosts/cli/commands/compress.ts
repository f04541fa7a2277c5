import { Command, Option } from 'commander'
import { lowRankMethods, type LowRankMethod } from '@contract/recipe'
import { formatBytes, formatPercent } from '@contract/display-numbers'
import type { CompressRequest, CompressResult } from '../../../services/requests'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'
import { usageError } from '../usage-error'
import {
  addForceOption,
  addMemoryOption,
  resourceOptions,
  type ForceOptions,
  type MemoryOptions
} from './resource-options'
import { addLowRankOptions, lowRankMaking, type LowRankOptions } from './low-rank-options'

interface CompressOptions extends LowRankOptions, ForceOptions, MemoryOptions {
  readonly method?: LowRankMethod
  readonly calibration?: string
  readonly resample?: boolean
  readonly fuseAttention?: boolean
  readonly output: string
  readonly workspace: string
  readonly json?: boolean
}

const examples = `
Examples:
  lathe compress models/asr --method whitened-svd --retain 50% --calibration speech/dev.jsonl --output asr-half
  lathe compress models/asr --precision int8 --output asr-int8
  lathe compress models/asr --method output-pca --plan my-plan.json --calibration speech/dev.jsonl --output asr-mine
  lathe compress models/asr --method whitened-svd --retain 0.65 --precision int8 --calibration speech/dev.jsonl --output asr-small`

export function compressCommand(context: CommandContext): Command {
  const command = new Command('compress')
    .description('Make one smaller model and export it with everything it needs.')
    .argument('<model>', 'model folder or .onnx file')
    .requiredOption('--output <folder>', 'folder to write; must not hold files yet')
    .addOption(new Option('--method <name>', 'low-rank method').choices(lowRankMethods))
  return addMemoryOption(addForceOption(addLowRankOptions(command)))
    .option('--fuse-attention', 'make self-attention one operator of ONNX Runtime where it is understood')
    .option('--calibration <manifest>', 'speech that the statistics and the parity check come from')
    .option('--resample', 'resample audio at another rate instead of refusing it')
    .option('--workspace <folder>', 'where statistics and factors are cached', defaultWorkspace)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (model: string, options: CompressOptions) => {
      checkOptions(options)
      const result = await context.services.compress(
        {
          modelPath: model,
          making: await makingOf(context, options),
          calibrationPath: options.calibration,
          resample: options.resample ?? false,
          workspaceFolder: options.workspace,
          outputFolder: options.output,
          ...resourceOptions(options)
        },
        context.following()
      )
      context.clearProgress()
      context.print(options.json ? JSON.stringify(result, null, 2) : formatResult(result))
    })
}

function checkOptions({
  method,
  retain,
  plan,
  precision,
  calibration,
  ranks,
  sequential
}: CompressOptions): void {
  if (method === undefined && (retain !== undefined || plan !== undefined))
    usageError('--retain and --plan need --method.')
  if (method === undefined && precision === 'float32')
    usageError('Nothing to do: give --method, or --precision other than float32.')
  if (method === undefined || calibration !== undefined) return
  if (method !== 'weight-svd' || sequential === true || ranks === 'sensitivity') {
    usageError(`${method} needs --calibration here, a manifest of speech like the one the model will hear.`)
  }
}

async function makingOf(
  context: CommandContext,
  options: CompressOptions
): Promise<CompressRequest['making']> {
  const { method, precision, fuseAttention } = options
  const finishing = fuseAttention === true ? ({ fuseAttention } as const) : {}
  if (method !== undefined) return { ...(await lowRankMaking(context, method, options)), ...finishing }
  return precision === 'float32' ? { kind: 'baseline' } : { kind: 'quantize', precision, ...finishing }
}

function formatResult({ built, exported }: CompressResult): string {
  const factorised = built.plan.filter(({ rank }) => rank !== null).length
  const lines = [
    `kept       ${formatPercent(built.retainedParameterFraction)} of the parameters of ${built.plan.length} linear layers (${factorised} factorised)`,
    ...built.parity.map(
      ({ comparison, maxRelativeError, cosineSimilarity }) =>
        `parity     ${comparison}: largest difference ${maxRelativeError.toExponential(2)} of the largest output, cosine ${cosineSimilarity.toFixed(6)}`
    ),
    ...(built.parity.length === 0 ? ['parity     not checked: no calibration set was given'] : []),
    `written to ${exported.folder}`,
    ...exported.files.map(({ name, sizeBytes }) => `           ${name}  ${formatBytes(sizeBytes)}`)
  ]
  return lines.join('\n')
}
