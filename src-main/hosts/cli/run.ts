import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { WorkbenchError } from '@contract/errors'
import { latheVersion } from '../../base/lathe-version'
import type { Services } from '../../services/services'
import type { CommandContext } from './command-context'
import { benchCommand } from './commands/bench'
import { compressCommand } from './commands/compress'
import { demoCommand } from './commands/demo'
import { evaluateCommand } from './commands/evaluate'
import { exportCommand } from './commands/export'
import { inspectCommand } from './commands/inspect'
import { planCommand } from './commands/plan'
import { reportCommand } from './commands/report'
import { serveCommand } from './commands/serve'
import { studyCommand } from './commands/study'
import { trainCommand } from './commands/train'
import { trainingsCommand } from './commands/trainings'
import { exitCodes } from './exit-codes'
import { createProgressDisplay } from './progress-bar'
import type { ServeWeb } from './serve-web'

const help = `
Examples:
  lathe inspect models/asr
  lathe evaluate models/asr --data speech/eval.jsonl
  lathe compress models/asr --method whitened-svd --retain 50% --calibration speech/dev.jsonl --output asr-half
  lathe study run recipe.json --workspace my-workspace
  lathe serve --workspace my-workspace

Exit codes: 0 ok, 1 error, 2 wrong usage, 3 no tier passes the recipe's gates, 130 stopped with Ctrl-C.`

/** Runs one command line and sets the process's exit code. `argv` as in `process.argv`; `serveWeb` is the web host. */
export async function runCommandLine(
  argv: readonly string[],
  services: Services,
  serveWeb: ServeWeb
): Promise<void> {
  const stop = new AbortController()
  const progress = createProgressDisplay(argv.includes('--quiet'))
  process.on('SIGINT', () => {
    // A second Ctrl-C does not wait: what was recorded stays.
    if (stop.signal.aborted) process.exit(exitCodes.cancelled)
    stop.abort()
  })
  process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
    // `lathe inspect MODEL | head`: whoever reads has seen enough.
    if (failure.code === 'EPIPE') process.exit(exitCodes.ok)
    throw failure
  })
  const context: CommandContext = {
    services,
    serveWeb,
    untilStopped: () =>
      new Promise((resolve) => {
        if (stop.signal.aborted) resolve()
        stop.signal.addEventListener('abort', () => {
          resolve()
        })
        // How service managers say it.
        process.once('SIGTERM', () => {
          resolve()
        })
      }),
    following: () => ({
      signal: stop.signal,
      onProgress: (each) => {
        progress.update(each)
      }
    }),
    clearProgress: () => {
      progress.clear()
    },
    print: (text) => process.stdout.write(`${text}\n`),
    remark: (text) => {
      if (!argv.includes('--quiet')) process.stderr.write(`${text}\n`)
    }
  }
  try {
    await createProgram(context).parseAsync(argv)
  } catch (thrown) {
    progress.clear()
    process.exitCode = report(thrown)
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('lathe')
    .description('Makes speech models smaller: see inside, turn down, measure, export.')
    .version(latheVersion)
    .option('--quiet', 'no progress, no remarks')
    .addHelpText('after', help)
    .showHelpAfterError('(add --help for usage and examples)')
  const commands = [
    inspectCommand,
    planCommand,
    compressCommand,
    evaluateCommand,
    studyCommand,
    trainCommand,
    trainingsCommand,
    exportCommand,
    reportCommand,
    benchCommand,
    demoCommand,
    serveCommand
  ]
  for (const create of commands) program.addCommand(create(context))
  throwInsteadOfExiting(program)
  return program
}

/** Commander ends the process by itself unless told otherwise, for every command separately. */
function throwInsteadOfExiting(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) throwInsteadOfExiting(child)
}

/** Says what went wrong in one sentence, and returns the exit code that belongs to it. */
function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    // Help and version end here too, with code 0; Commander has written its own errors already.
    if (thrown.code === 'lathe.usage') process.stderr.write(`${thrown.message}\n`)
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
  if (thrown instanceof WorkbenchError) {
    process.stderr.write(`lathe: ${thrown.message} [${thrown.code}]\n`)
    return thrown.code === 'cancelled' ? exitCodes.cancelled : exitCodes.error
  }
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  process.stderr.write(`lathe: this is a bug in Lathe, please report it: ${text} [internal]\n`)
  return exitCodes.error
}
