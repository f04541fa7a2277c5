import { spawn } from 'node:child_process'
import process from 'node:process'
import { writeRedirectPage } from '../../services/redirect-page'

/** What opens a file as a double click would, by platform. */
const openers: Readonly<Record<string, string>> = { darwin: 'open', win32: 'explorer.exe' }

/** Shows the workbench in the user's browser. Without one nothing happens: the address has been printed. */
export async function openInBrowser(url: string): Promise<void> {
  const page = await writeRedirectPage(url)
  const opener = spawn(openers[process.platform] ?? 'xdg-open', [page], { stdio: 'ignore', detached: true })
  opener.on('error', () => undefined)
  opener.unref()
}
