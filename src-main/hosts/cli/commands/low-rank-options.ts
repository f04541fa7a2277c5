/** The options that say how a model is factorised and who gets which rank: the same for every command that plans. */
import { Option, type Command } from 'commander'
import {
  budgetScopes,
  budgetUnits,
  defaultDamping,
  defaultExcludedRoles,
  gridRankPolicies,
  layerRoles,
  precisions,
  type BudgetScope,
  type BudgetUnit,
  type GridRankPolicy,
  type LayerRole,
  type LowRankMethod,
  type Precision
} from '@contract/recipe'
import type { PlanRequest } from '../../../services/plan-model'
import type { CommandContext } from '../command-context'
import { collect, parseFraction, parsePositiveInteger, parseShare } from '../parse-options'
import { usageError } from '../usage-error'

export interface LowRankOptions {
  readonly ranks: GridRankPolicy
  readonly retain?: number
  readonly unit: BudgetUnit
  readonly scope: BudgetScope
  readonly plan?: string
  readonly refit?: boolean
  readonly sequential?: boolean
  readonly precision: Precision
  readonly rankMultiple: number
  readonly minimumRank: number
  readonly damping: number
  readonly excludeRole: string[]
  readonly include: string[]
  readonly exclude: string[]
}

/** Adds the options of `LowRankOptions` to a command. */
export function addLowRankOptions(command: Command): Command {
  return command
    .option('--retain <fraction>', 'share to keep of what --unit counts, such as 50%', parseFraction)
    .addOption(new Option('--unit <unit>', 'what --retain counts').choices(budgetUnits).default('parameters'))
    .addOption(
      new Option('--scope <scope>', 'over what: the compressed linear layers or the whole model')
        .choices(budgetScopes)
        .default('layers')
    )
    .addOption(
      new Option('--ranks <policy>', 'who gets which rank').choices(gridRankPolicies).default('uniform')
    )
    .option('--plan <file>', 'ranks from a plan file instead of --retain')
    .option('--refit', 'fit the up factors and biases again once the ranks are known')
    .option('--sequential', 'calibrate each layer on the model as compressed before it')
    .addOption(
      new Option('--precision <name>', 'number format of the weights').choices(precisions).default('float32')
    )
    .option('--rank-multiple <n>', 'round ranks down to a multiple', parsePositiveInteger, 1)
    .option('--minimum-rank <n>', 'no layer gets a smaller rank', parsePositiveInteger, 1)
    .option('--damping <share>', 'diagonal loading of the statistics', parseShare, defaultDamping)
    .addOption(
      new Option(
        '--exclude-role <role>',
        `leave layers of this role dense; repeatable (default: ${defaultExcludedRoles.join(', ')})`
      )
        .choices(layerRoles)
        .argParser(collect)
        .default([])
    )
    .option('--include <pattern>', 'only layers that fit, such as "*fc*"; repeatable', collect, [])
    .option('--exclude <pattern>', 'leave layers that fit dense; repeatable', collect, [])
}

/** The making that the options describe. */
export async function lowRankMaking(
  { services }: CommandContext,
  method: LowRankMethod,
  options: LowRankOptions
): Promise<PlanRequest['making']> {
  const { retain, plan, excludeRole, include, exclude } = options
  if (retain !== undefined && plan !== undefined) usageError('Give --retain or --plan, not both.')
  if (retain === undefined && plan === undefined) {
    usageError('--method needs --retain, such as --retain 50%, or --plan.')
  }
  return {
    kind: 'low-rank',
    method,
    ranks:
      plan === undefined
        ? {
            policy: options.ranks,
            retainedFraction: retain ?? 1,
            budgetUnit: options.unit,
            budgetScope: options.scope,
            rankMultiple: options.rankMultiple,
            minimumRank: options.minimumRank
          }
        : { policy: 'manual', rankMap: await services.readRankMap(plan) },
    selection: {
      excludeRoles: excludeRole.length === 0 ? defaultExcludedRoles : excludeRole.map(asRole),
      include,
      exclude
    },
    damping: options.damping,
    refit: options.refit ?? false,
    calibration: options.sequential === true ? 'sequential' : 'original',
    precision: options.precision
  }
}

function asRole(text: string): LayerRole {
  return (
    layerRoles.find((role) => role === text) ??
    usageError(`There is no role '${text}': ${layerRoles.join(', ')}.`)
  )
}
