import { Command, Option } from 'commander'
import {
  defaultDamping,
  defaultExcludedRoles,
  gridRankPolicies,
  layerRoles,
  lowRankMethods,
  precisions,
  type GridRankPolicy,
  type LayerRole,
  type LowRankMethod,
  type Precision
} from '@contract/recipe'
import { formatBytes, formatPercent } from '@contract/display-numbers'
import type { CompressResult } from '../../../services/requests'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'
import { collect, parseFraction, parsePositiveInteger, parseShare } from '../parse-options'
import { usageError } from '../usage-error'

interface CompressOptions {
  readonly method?: LowRankMethod
  readonly ranks: GridRankPolicy
  readonly retain?: number
  readonly precision: Precision
  readonly calibration?: string
  readonly resample?: boolean
  readonly output: string
  readonly workspace: string
  readonly rankMultiple: number
  readonly damping: number
  readonly excludeRole: string[]
  readonly exclude: string[]
  readonly json?: boolean
}

const examples = `
Examples:
  lathe compress models/asr --method whitened-svd --retain 50% --calibration speech/dev.jsonl --output asr-half
  lathe compress models/asr --precision int8 --output asr-int8
  lathe compress models/asr --method whitened-svd --retain 0.65 --precision int8 --calibration speech/dev.jsonl --output asr-small`

export function compressCommand(context: CommandContext): Command {
  return new Command('compress')
    .description('Make one smaller model and export it with everything it needs.')
    .argument('<model>', 'model folder or .onnx file')
    .requiredOption('--output <folder>', 'folder to write; must not hold files yet')
    .addOption(new Option('--method <name>', 'low-rank method').choices(lowRankMethods))
    .option(
      '--retain <fraction>',
      "share of the linear layers' parameters to keep, such as 50%",
      parseFraction
    )
    .addOption(
      new Option('--precision <name>', 'number format of the weights').choices(precisions).default('float32')
    )
    .addOption(
      new Option('--ranks <policy>', 'who gets which rank').choices(gridRankPolicies).default('uniform')
    )
    .option('--calibration <manifest>', 'speech that the statistics and the parity check come from')
    .option('--resample', 'resample audio at another rate instead of refusing it')
    .option('--rank-multiple <n>', 'round ranks down to a multiple', parsePositiveInteger, 1)
    .option('--damping <share>', 'diagonal loading of the statistics', parseShare, defaultDamping)
    .addOption(
      new Option(
        '--exclude-role <role>',
        'leave layers of this role dense; repeatable (default: head, other)'
      )
        .choices(layerRoles)
        .argParser(collect)
        .default([])
    )
    .option('--exclude <layer>', 'leave this layer dense; repeatable', collect, [])
    .option('--workspace <folder>', 'where statistics and factors are cached', defaultWorkspace)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (model: string, options: CompressOptions) => {
      checkOptions(options)
      const result = await context.services.compress(
        {
          modelPath: model,
          method: options.method,
          rankPolicy: options.ranks,
          retainedParameterFraction: options.retain ?? 1,
          precision: options.precision,
          rankMultiple: options.rankMultiple,
          damping: options.damping,
          excludeRoles:
            options.excludeRole.length === 0 ? defaultExcludedRoles : options.excludeRole.map(asRole),
          exclude: options.exclude,
          calibrationPath: options.calibration,
          resample: options.resample ?? false,
          workspaceFolder: options.workspace,
          outputFolder: options.output
        },
        context.following()
      )
      context.clearProgress()
      context.print(options.json ? JSON.stringify(result, null, 2) : formatResult(result))
    })
}

function checkOptions({ method, retain, precision, calibration }: CompressOptions): void {
  if (method === undefined && retain !== undefined) usageError('--retain needs --method.')
  if (method !== undefined && retain === undefined)
    usageError('--method needs --retain, such as --retain 50%.')
  if (method === undefined && precision === 'float32')
    usageError('Nothing to do: give --method or --precision int8.')
  if (method === 'whitened-svd' && calibration === undefined) {
    usageError('whitened-svd needs --calibration, a manifest of speech like the one the model will hear.')
  }
}

function asRole(text: string): LayerRole {
  return (
    layerRoles.find((role) => role === text) ??
    usageError(`There is no role '${text}': ${layerRoles.join(', ')}.`)
  )
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
