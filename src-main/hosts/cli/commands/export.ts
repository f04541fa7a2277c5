import { Command } from 'commander'
import { formatBytes } from '@contract/display-numbers'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'

interface ExportOptions {
  readonly output: string
  readonly workspace: string
  readonly json?: boolean
}

export function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description(
      'Export the model of a finished trial with its sidecar files, loaded back to prove that it runs.'
    )
    .argument('<study>', 'study name, id, or the beginning of an id')
    .argument('<trial>', 'trial name or id')
    .requiredOption('--output <folder>', 'folder to write; must not hold files yet')
    .option('--workspace <folder>', 'workspace folder', defaultWorkspace)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  lathe export "first lesson" "whitened-svd 50%" --output whisper-half'
    )
    .action(async (study: string, trial: string, { output, workspace, json }: ExportOptions) => {
      const exported = await context.services.exportTrial(
        { study, trial, outputFolder: output, workspaceFolder: workspace },
        context.following()
      )
      context.clearProgress()
      const lines = [
        `written to ${exported.folder}, loaded back: same outputs`,
        ...exported.files.map(({ name, sizeBytes }) => `  ${name}  ${formatBytes(sizeBytes)}`)
      ]
      context.print(json ? JSON.stringify(exported, null, 2) : lines.join('\n'))
    })
}
