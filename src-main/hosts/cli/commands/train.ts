import { Command } from 'commander'
import { formatBytes, formatCount } from '@contract/display-numbers'
import type { TrainingEvent } from '@contract/training'
import type { TrainResult } from '../../../services/train-model'
import { developmentText } from '../../../services/report/training-documents'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'
import {
  addForceOption,
  addMemoryOption,
  resourceOptions,
  type ForceOptions,
  type MemoryOptions
} from './resource-options'

interface TrainOptions extends ForceOptions, MemoryOptions {
  readonly workspace: string
  readonly output?: string
  readonly json?: boolean
}

export function trainCommand(context: CommandContext): Command {
  const command = new Command('train')
    .description('Train a model by a recipe. A training that was stopped goes on from its last checkpoint.')
    .argument('<recipe>', 'training recipe (JSON)')
    .option('--workspace <folder>', 'where checkpoints and models are kept', defaultWorkspace)
    .option('--output <folder>', 'also write the trained model, its card and its curve here')
  return addMemoryOption(addForceOption(command))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  lathe train resources/training/fine-tune-whisper-tiny.json --workspace my-workspace --output tuned'
    )
    .action(async (recipePath: string, { workspace, output, json, ...resources }: TrainOptions) => {
      const result = await context.services.train(
        {
          recipePath,
          workspaceFolder: workspace,
          outputFolder: output,
          ...resourceOptions(resources),
          onTraining: (event) => {
            announceTraining(context, event)
          }
        },
        context.following()
      )
      context.clearProgress()
      context.print(json ? JSON.stringify(result, null, 2) : formatTraining(result))
    })
}

/** A line per evaluation; without a development set one per ten steps would be noise, so the bar is all there is. */
export function announceTraining(context: CommandContext, event: TrainingEvent): void {
  if (event.kind !== 'development') return
  const { record, isBest } = event
  context.clearProgress()
  context.remark(
    `step ${record.step}: development loss ${developmentText(record)}${isBest ? ', the best so far' : ''}`
  )
}

export function formatTraining({ trained, exported }: TrainResult): string {
  const { curve, chosenStep, trainedParameters, resumedFromStep, totalSeconds, runSeconds } = trained
  const [first, last] = [curve.steps[0], curve.steps.at(-1)]
  const own = curve.steps.filter(({ step }) => step > resumedFromStep)
  return [
    `trained    ${formatCount(trainedParameters)} parameters in ${curve.steps.length} steps${resumedFromStep === 0 ? '' : `, resumed from step ${resumedFromStep}`}`,
    `loss       ${first?.loss.toFixed(4) ?? '-'} at step 1, ${last?.loss.toFixed(4) ?? '-'} at the last; weights of step ${chosenStep}`,
    ...curve.development
      .filter(({ step }) => step === chosenStep)
      .map((record) => `           development ${developmentText(record)} at step ${record.step}`),
    `time       ${totalSeconds.toFixed(1)} s for ${own.length} steps, ${runSeconds.toFixed(1)} s of it training steps in the runtime`,
    `model      ${trained.modelHash}`,
    ...(exported === undefined
      ? []
      : [
          `written to ${exported.folder}`,
          ...exported.files.map(({ name, sizeBytes }) => `           ${name}  ${formatBytes(sizeBytes)}`)
        ])
  ].join('\n')
}
