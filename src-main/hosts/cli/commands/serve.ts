import { resolve } from 'node:path'
import process from 'node:process'
import { Command } from 'commander'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'
import { collect, parsePort } from '../parse-options'

interface ServeOptions {
  readonly workspace: string
  readonly port: number
  readonly root: readonly string[]
  readonly open: boolean
  readonly newToken: boolean
}

/** Unlikely to be taken, and the same every time, so that an SSH tunnel can be set up before. */
const defaultPort = 4173

export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description('Serve the workbench to a browser on this computer, until Ctrl-C.')
    .option('--workspace <folder>', 'where results, models and caches are kept', defaultWorkspace)
    .option('--port <n>', 'port on 127.0.0.1; 0: any that is free', parsePort, defaultPort)
    .option(
      '--root <folder>',
      'folder that the page may open files from; repeatable (default: here)',
      collect,
      []
    )
    .option('--no-open', 'only print the address')
    .option('--new-token', 'make the address of earlier runs on this port invalid', false)
    .addHelpText(
      'after',
      '\nExamples:\n  lathe serve --root models --root speech\n' +
        '  ssh -L 4173:127.0.0.1:4173 server   (the same port on both sides), then there: lathe serve --no-open'
    )
    .action(async ({ workspace, port, root, open, newToken }: ServeOptions) => {
      const served = await context.serveWeb({
        workspaceFolder: resolve(workspace),
        roots: (root.length === 0 ? ['.'] : root).map((folder) => resolve(folder)),
        port,
        isTokenNew: newToken
      })
      try {
        context.print(served.url)
        context.remark('Lathe serves the workbench there until Ctrl-C; whoever has this address can use it.')
        if (open && hasDesktop()) await served.openInBrowser()
        await context.untilStopped()
      } finally {
        await served.close()
      }
    })
}

/** Whether somebody sits at this computer who would see a browser. */
function hasDesktop(): boolean {
  if (!process.stdout.isTTY) return false
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}
