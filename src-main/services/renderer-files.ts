/**
 * The files of the built page, and nothing else on the disk.
 *
 * A request path is matched as it came, never decoded: the build writes plain names only, so a percent sign, a
 * backslash, an empty segment or one that begins with a dot cannot belong to the page.
 */
import { extname, join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { readFile } from '../workspace/files'

/** One file of the page, ready to be sent. */
export interface RendererFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly mediaType: string
}

/** What the build of the page consists of. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml'
}

const plainPath = /^(?:\/[\w-][\w.-]*)+$/

/**
 * Reads the file of the page that a URL path names; `/` is the page itself.
 *
 * - `rendererFolder` the folder that holds `index.html`, absolute.
 * - `urlPath`        path of the request as it came, beginning with a slash.
 *
 * @throws WorkbenchError `not-found` for anything that is no file of the page, inside the folder or outside.
 */
export async function readRendererFile(rendererFolder: string, urlPath: string): Promise<RendererFile> {
  const path = urlPath === '/' ? '/index.html' : urlPath
  const mediaType = mediaTypes[extname(path)]
  if (!plainPath.test(path) || mediaType === undefined) {
    throw new WorkbenchError(
      'not-found',
      `The page has no file '${urlPath}': open it from its start address.`,
      {
        details: { path: urlPath }
      }
    )
  }
  return { bytes: await readFile(join(rendererFolder, path)), mediaType }
}
