import { Command } from 'commander'
import type { StudyReport, TrialReport } from '@contract/trial'
import { failsGates, gateSummary } from '../../../services/report/gate-summary'
import { formatTable } from '../../../services/report/text-table'
import { formatTradeOffTable, trialSentence } from '../../../services/report/trade-off-table'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'
import { commandFailed, gatesFailed } from '../exit-codes'
import {
  addForceOption,
  addMemoryOption,
  resourceOptions,
  type ForceOptions,
  type MemoryOptions
} from './resource-options'

interface ShowOptions {
  readonly workspace: string
  readonly json?: boolean
}

interface RunOptions extends ShowOptions, ForceOptions, MemoryOptions {
  readonly output?: string
  readonly retryPoisoned?: boolean
  readonly pairedLatency?: boolean
}

export function studyCommand(context: CommandContext): Command {
  return new Command('study')
    .description('Run a recipe of many trials, resume it, and show its trade-off table.')
    .addCommand(runCommand(context))
    .addCommand(showCommand(context))
}

function runCommand(context: CommandContext): Command {
  const command = new Command('run')
    .description('Run a recipe. What is finished already is not computed again, so this also resumes.')
    .argument('<recipe>', 'recipe file (JSON)')
    .option('--workspace <folder>', 'where results, models and caches are kept', defaultWorkspace)
    .option('--output <folder>', 'also write results.json, report.md and the models here')
    .option(
      '--paired-latency',
      'measure the speed of every tier turn by turn with the baseline, as speed gates do'
    )
    .option('--retry-poisoned', 'try trials again that have killed their engine process twice')
  return addMemoryOption(addForceOption(command))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  lathe study run resources/recipes/first-lesson.json --workspace my-workspace\n\nWhen the recipe has gates and no tier passes them all, the exit code is 3; undecided counts as not passed.'
    )
    .action(
      async (
        recipe: string,
        { workspace, output, retryPoisoned, pairedLatency, json, ...resources }: RunOptions
      ) => {
        const report = await context.services.runStudy(
          {
            recipePath: recipe,
            workspaceFolder: workspace,
            outputFolder: output,
            retryPoisoned: retryPoisoned ?? false,
            pairedLatency: pairedLatency ?? false,
            ...resourceOptions(resources),
            onTrial: (trial) => announce(context, trial)
          },
          context.following()
        )
        context.clearProgress()
        context.print(json ? JSON.stringify(report, null, 2) : formatStudy(report))
        if (report.trials.some(({ state }) => state === 'failed' || state === 'poisoned')) commandFailed()
        else if (failsGates(report.trials)) gatesFailed()
      }
    )
}

function announce(context: CommandContext, trial: TrialReport): void {
  context.clearProgress()
  context.remark(trialSentence(trial))
}

function showCommand(context: CommandContext): Command {
  return new Command('show')
    .description('Show a study as it stands; without a name, list the studies of the workspace.')
    .argument('[study]', 'study name, id, or the beginning of an id')
    .option('--workspace <folder>', 'workspace folder', defaultWorkspace)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  lathe study show\n  lathe study show "first lesson" --json')
    .action((study: string | undefined, { workspace, json }: ShowOptions) => {
      if (study === undefined) {
        const studies = context.services.listStudies(workspace)
        context.print(json ? JSON.stringify(studies, null, 2) : formatStudies(studies))
        return
      }
      const report = context.services.showStudy(workspace, study)
      context.print(json ? JSON.stringify(report, null, 2) : formatStudy(report))
    })
}

function formatStudy(report: StudyReport): string {
  const { study, trials } = report
  const failures = trials.flatMap(({ name, error }) =>
    error === undefined ? [] : [`${name}: ${error.message}`]
  )
  const poisoned = trials.filter(({ state }) => state === 'poisoned').length
  const sections = [
    [`${study.name}  (study ${study.studyId.slice(0, 12)})`],
    [formatTradeOffTable(trials)],
    gateSummary(report),
    failures,
    poisoned === 0 ? [] : [poisonedSentence(poisoned)]
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function poisonedSentence(count: number): string {
  const [subject, verb] = count === 1 ? ['1 trial has', 'is'] : [`${count} trials have`, 'are']
  return `${subject} killed the engine process twice and ${verb} skipped; study run --retry-poisoned tries again.`
}

function formatStudies(studies: ReturnType<CommandContext['services']['listStudies']>): string {
  if (studies.length === 0) return 'No studies yet. Run one: lathe study run RECIPE'
  return formatTable(studies, [
    { title: 'study', align: 'left', cell: ({ studyId }) => studyId.slice(0, 12) },
    { title: 'name', align: 'left', cell: ({ name }) => name },
    {
      title: 'finished',
      align: 'right',
      cell: ({ completedTrialCount, trialCount }) => `${completedTrialCount}/${trialCount}`
    },
    {
      title: 'failed',
      align: 'right',
      cell: ({ failedTrialCount }) => (failedTrialCount === 0 ? '' : String(failedTrialCount))
    },
    { title: 'started', align: 'left', cell: ({ createdAt }) => createdAt }
  ])
}
