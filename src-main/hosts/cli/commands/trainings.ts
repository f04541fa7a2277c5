import { Command } from 'commander'
import { formatPercent } from '@contract/display-numbers'
import { developmentErrorRate } from '@contract/training'
import type { TrainingListing } from '@contract/training-record'
import { formatTable } from '../../../services/report/text-table'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'

interface TrainingsOptions {
  readonly workspace: string
  readonly json?: boolean
}

export function trainingsCommand(context: CommandContext): Command {
  return new Command('trainings')
    .description('List the trainings of a workspace, and remove one.')
    .addCommand(listCommand(context))
    .addCommand(removeCommand(context))
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('List the trainings, the one that changed last first.')
    .option('--workspace <folder>', 'workspace folder', defaultWorkspace)
    .option('--json', 'print JSON')
    .action(({ workspace, json }: TrainingsOptions) => {
      const trainings = context.services.listTrainings(workspace)
      context.print(json ? JSON.stringify(trainings, null, 2) : formatTrainings(trainings))
    })
}

function removeCommand(context: CommandContext): Command {
  return new Command('remove')
    .description(
      'Remove a training: its checkpoint and its curve, for good. One that runs is refused; what was exported stays.'
    )
    .argument('<training>', 'its name, id, or the beginning of an id')
    .option('--workspace <folder>', 'workspace folder', defaultWorkspace)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  lathe trainings remove 3f2a --workspace my-workspace')
    .action((training: string, { workspace, json }: TrainingsOptions) => {
      const removed = context.services.removeTraining(workspace, training)
      context.print(
        json
          ? JSON.stringify(removed, null, 2)
          : `removed    ${removed.name}  (training ${removed.trainingId.slice(0, 12)})`
      )
    })
}

function formatTrainings(trainings: readonly TrainingListing[]): string {
  if (trainings.length === 0) return 'No trainings yet. Run one: lathe train RECIPE'
  return formatTable(trainings, [
    { title: 'training', align: 'left', cell: ({ trainingId }) => trainingId.slice(0, 12) },
    { title: 'name', align: 'left', cell: ({ name }) => name },
    { title: 'steps', align: 'right', cell: ({ steps, totalSteps }) => `${steps}/${totalSteps}` },
    {
      title: 'word errors',
      align: 'right',
      cell: ({ best }) => (best === null ? '-' : formatPercent(developmentErrorRate(best)))
    },
    { title: 'ended', align: 'left', cell: ({ ended }) => ended ?? '-' },
    { title: 'changed', align: 'left', cell: ({ changedAt }) => changedAt }
  ])
}
