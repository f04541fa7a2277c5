/**
 * The token of the web host, kept in the workspace so that pages which are open when `lathe serve` is started again find
 * their way back by themselves. What that costs, and what it does not:
 *
 * - The file can be read by its owner only, who can read the workspace anyway; one that others could have read or
 *   written is not used again. A page cannot read it: no call gives out the text of files with this name.
 * - A token that somebody has got hold of stays good over a restart, where it used to end with the process:
 *   `lathe serve --new-token` makes a new one, and so does another port.
 * - It belongs to one port. While no server runs, another program may take that port, and pages that are still open then
 *   show it their token: on a computer shared with people who are not trusted, start with `--new-token`.
 * - What a token is traded for, the cookie, is new at every start, and all other checks stay as they are
 *   (hosts/web/request-guard.ts): a missing or wrong token is refused as before.
 */
import { join } from 'node:path'
import { readPrivateFile, replacePrivateFile } from '../workspace/private-file'
import { randomKey } from '../workspace/random-key'

export interface KeptTokenRequest {
  readonly workspaceFolder: string
  readonly port: number
  /** Whether the one that is kept is thrown away. */
  readonly isRenewed: boolean
}

/** No `.json`: the text of recipes can be read by pages. */
const fileName = 'web-token'
/** `4173 <256 bits in URL-safe base 64>` */
const content = /^(\d+) ([\w-]{43})\n$/

/**
 * The token that was used on this port before, or a new one, which is kept. Only while the workspace is claimed, so that
 * no other server writes it at the same time.
 *
 * @throws WorkbenchError `io` when it cannot be read or written.
 */
export function keptToken({ workspaceFolder, port, isRenewed }: KeptTokenRequest): string {
  const path = join(workspaceFolder, fileName)
  const [, keptPort, kept] = content.exec(readPrivateFile(path) ?? '') ?? []
  if (!isRenewed && kept !== undefined && Number(keptPort) === port) return kept
  const token = randomKey()
  replacePrivateFile(path, `${port} ${token}\n`)
  return token
}
