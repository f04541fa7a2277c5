import { Command, Option } from 'commander'
import { formatCount, formatPercent } from '@contract/display-numbers'
import type { ModelPlan, PlannedLayerReport } from '@contract/model-plan'
import type { PlanFile } from '@contract/rank-plan'
import { lowRankMethods, type LowRankMethod } from '@contract/recipe'
import { formatTable, type Column } from '../../../services/report/text-table'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'
import { usageError } from '../usage-error'
import { addLowRankOptions, lowRankMaking, type LowRankOptions } from './low-rank-options'

interface PlanOptions extends LowRankOptions {
  readonly method: LowRankMethod
  readonly calibration?: string
  readonly resample?: boolean
  readonly workspace: string
  readonly output?: string
  readonly json?: boolean
}

const examples = `
Examples:
  lathe plan models/asr --method whitened-svd --retain 50% --ranks water-filling --calibration speech/dev.jsonl
  lathe plan models/asr --method weight-svd --retain 40% --unit bytes --scope model --output plan.json
  lathe compress models/asr --method weight-svd --plan plan.json --output asr-mine`

export function planCommand(context: CommandContext): Command {
  const command = new Command('plan')
    .description(
      'Show which layer would get which rank, beside uniform ranks, and write it as a file to edit.'
    )
    .argument('<model>', 'model folder or .onnx file')
    .addOption(new Option('--method <name>', 'low-rank method').choices(lowRankMethods).makeOptionMandatory())
  return addLowRankOptions(command)
    .option('--calibration <manifest>', 'speech that the statistics come from')
    .option('--resample', 'resample audio at another rate instead of refusing it')
    .option('--output <file>', 'plan file to write')
    .option('--workspace <folder>', 'where statistics and factors are cached', defaultWorkspace)
    .option('--json', 'print the plan file')
    .addHelpText('after', examples)
    .action(async (model: string, options: PlanOptions) => {
      const { method, calibration, output } = options
      if (calibration === undefined && method !== 'weight-svd') {
        usageError(`${method} needs --calibration, a manifest of speech like the one the model will hear.`)
      }
      if (calibration === undefined && options.ranks === 'sensitivity') {
        usageError('--ranks sensitivity needs --calibration: damage is measured on speech.')
      }
      const planned = await context.services.plan(
        {
          modelPath: model,
          making: await lowRankMaking(context, method, options),
          calibrationPath: calibration,
          resample: options.resample ?? false,
          workspaceFolder: options.workspace,
          outputFile: output
        },
        context.following()
      )
      context.clearProgress()
      context.print(options.json ? JSON.stringify(planned.planFile, null, 2) : formatPlan(planned))
      if (output !== undefined) context.remark(`Written to ${output}.`)
    })
}

const columns: readonly Column<PlannedLayerReport>[] = [
  {
    title: 'block',
    align: 'right',
    cell: ({ blockIndex }) => (blockIndex === null ? '-' : String(blockIndex))
  },
  { title: 'role', align: 'left', cell: ({ role }) => role },
  { title: 'in', align: 'right', cell: ({ inFeatures }) => String(inFeatures) },
  { title: 'out', align: 'right', cell: ({ outFeatures }) => String(outFeatures) },
  { title: 'rank', align: 'right', cell: ({ rank }) => rankText(rank) },
  { title: 'kept', align: 'right', cell: ({ keptFraction }) => formatPercent(keptFraction) },
  { title: 'error', align: 'right', cell: ({ relativeError }) => formatPercent(relativeError) }
]

const uniformColumns: readonly Column<PlannedLayerReport>[] = [
  { title: 'uniform', align: 'right', cell: ({ uniform }) => (uniform ? rankText(uniform.rank) : '') },
  {
    title: 'error',
    align: 'right',
    cell: ({ uniform }) => (uniform ? formatPercent(uniform.relativeError) : '')
  }
]

const idColumn: Column<PlannedLayerReport> = { title: 'id', align: 'left', cell: ({ layerId }) => layerId }

/** The plan as a table and a summary; errors are predicted from spectra, not measured. */
export function formatPlan({ planFile, layers, uniformPredicted }: ModelPlan): string {
  const isCompared = uniformPredicted !== null && planFile.policy.name !== 'uniform'
  const shown = [...columns, ...(isCompared ? uniformColumns : []), idColumn]
  const { budget, predicted, policy } = planFile
  const lines = [
    formatTable(layers, shown),
    '',
    ...(budget === null
      ? []
      : [
          `${'budget'.padEnd(14)} ${formatCount(budget.limit)} ${budget.unit}` +
            (budget.remainder > 0 ? `, ${formatCount(budget.remainder)} of them outside these layers` : '')
        ]),
    ...predictedLine(policy.name, predicted),
    ...(isCompared ? predictedLine('uniform', uniformPredicted) : []),
    'Errors are predicted from the spectra: discarded ÷ whole output energy, added up over the layers. They say nothing about words.'
  ]
  return lines.join('\n')
}

function predictedLine(name: string, predicted: PlanFile['predicted']): string[] {
  if (predicted === null) return []
  const { unit, cost, denseCost, relativeError } = predicted
  return [
    `${name.padEnd(14)} ${formatCount(cost)} of ${formatCount(denseCost)} ${unit}, predicted error ${relativeError.toFixed(4)}`
  ]
}

function rankText(rank: number | null): string {
  return rank === null ? 'dense' : String(rank)
}
