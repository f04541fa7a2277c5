import { Command, Option } from 'commander'
import { demoParts, demoSeed, type DemoPart, type DemoSpeechSummary } from '@contract/demo-speech'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'
import { parseWholeNumber } from '../parse-options'
import { announceTraining, formatTraining } from './train'

export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description('Make again what the demo consists of.')
    .addCommand(speechCommand(context))
    .addCommand(trainingCommand(context))
}

interface SpeechOptions {
  readonly part: DemoPart | 'shipped'
  readonly output: string
  readonly seed: number
  readonly json?: boolean
}

function speechCommand(context: CommandContext): Command {
  return new Command('speech')
    .description("Make the demo's speech with espeak-ng (and flac, for the parts that Lathe carries).")
    .addOption(
      new Option('--part <part>', 'set to make; shipped: all that Lathe carries')
        .choices([...demoParts, 'shipped'])
        .makeOptionMandatory()
    )
    .requiredOption('--output <folder>', 'where manifests and recordings go')
    .option('--seed <n>', 'same seed and same espeak-ng, same sound', parseWholeNumber, demoSeed)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  lathe demo speech --part training --output demo-speech')
    .action(async ({ part, output, seed, json }: SpeechOptions) => {
      const made = await context.services.makeDemoSpeech(
        { part, outputFolder: output, seed },
        context.following()
      )
      context.clearProgress()
      for (const warning of new Set(made.flatMap(({ warnings }) => warnings))) context.remark(warning)
      context.print(json ? JSON.stringify(made, null, 2) : made.map(formatSet).join('\n'))
    })
}

function formatSet(set: DemoSpeechSummary): string {
  const { part, utterances, words, seconds, speakers, manifestPath } = set
  return `${part.padEnd(11)}  ${utterances} utterances, ${words} words, ${(seconds / 60).toFixed(1)} min, ${speakers} speakers  ${manifestPath}`
}

interface DemoTrainOptions {
  readonly workspace: string
  readonly output?: string
  readonly seed?: number
  readonly steps?: number
  readonly json?: boolean
}

function trainingCommand(context: CommandContext): Command {
  return new Command('train')
    .description(
      "Train the demo's model from scratch, as Lathe's own was: speak the training set, then train for about an hour."
    )
    .option('--workspace <folder>', 'where speech, checkpoints and models are kept', defaultWorkspace)
    .option('--output <folder>', 'also write the trained model, its card and its curve here')
    .option('--seed <n>', 'other weights to start from and another order of the data', parseWholeNumber)
    .option('--steps <n>', "how long, to try it; the recipe's 20 epochs otherwise", parseWholeNumber)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nStopped, it goes on from its last checkpoint when it is started again.\n\nExample:\n  lathe demo train --workspace my-workspace --output my-demo-conformer'
    )
    .action(async ({ workspace, output, seed, steps, json }: DemoTrainOptions) => {
      const result = await context.services.trainDemo(
        {
          workspaceFolder: workspace,
          outputFolder: output,
          seed,
          steps,
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
