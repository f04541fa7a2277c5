/** `lathe serve` as a process of its own, for tests that open its page. */
import { vi } from 'vitest'
import { startCli } from './run-cli'

export interface ServeRequest {
  readonly workspace: string
  readonly roots: readonly string[]
  /** 0: any that is free. */
  readonly port: number
}

export interface ServedWorkbench {
  /** With the token. */
  readonly url: URL
  /** Of the server itself; its engines are its children. */
  readonly pid: number
  /** Resolves when the process is gone. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Returns when the server listens. */
export async function serveWorkbench({ workspace, roots, port }: ServeRequest): Promise<ServedWorkbench> {
  const server = startCli([
    'serve',
    '--no-open',
    '--workspace',
    workspace,
    '--port',
    String(port),
    ...roots.flatMap((folder) => ['--root', folder])
  ])
  let printed = ''
  server.process.stdout!.on('data', (text: string) => (printed += text))
  await server.stderrShows('until Ctrl-C')
  await vi.waitFor(() => {
    if (!printed.includes('\n')) throw new Error('The server has printed no address yet.')
  })
  return {
    url: new URL(printed.trim()),
    pid: server.process.pid!,
    async end(signal = 'SIGTERM') {
      server.process.kill(signal)
      await server.ended
    }
  }
}
