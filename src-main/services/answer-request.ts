/**
 * What a page gets by plain GET, the same under `http:` and `app:`: its own files, large arrays (`/data/<key>`) and
 * recordings (`/audio?path=`). Who may ask is the host's business, and is settled before.
 */
import { WorkbenchError } from '@contract/errors'
import { pageHeaders } from './page-policy'
import { readRendererFile } from './renderer-files'
import type { Workbench } from './workbench'

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

export interface AnswerParts {
  /** Folder that holds `index.html`. */
  readonly rendererFolder: string
  readonly workbench: Pick<Workbench, 'data' | 'readRecording'>
  /** For the page's policy, where `'self'` does not cover the host's WebSocket. */
  readonly connectSources?: readonly string[]
}

/** A request's target as it came: everything from the first slash on, never decoded or normalised. */
export interface RequestTarget {
  /** Without the query. */
  readonly path: string
  /** From the question mark on; empty without one. */
  readonly query: string
}

/** Whether the target is the user's data, as opposed to the page that shows it. */
export function isDataPath(path: string): boolean {
  return path === '/audio' || path.startsWith('/data/')
}

/** Answers a GET. Never throws: what goes wrong is an answer too. */
export async function answerGet(parts: AnswerParts, target: RequestTarget): Promise<PageAnswer> {
  try {
    const { bytes, mediaType } = await read(parts, target)
    const headers = pageHeaders(mediaType, parts.connectSources)
    return { status: 200, headers: { ...headers, 'Cache-Control': cacheControl(target.path) }, body: bytes }
  } catch (thrown) {
    // The reason stays here: an error of the file system names paths of this computer.
    const isAbsent = thrown instanceof WorkbenchError && isClientError(thrown)
    return isAbsent
      ? refusal(404, 'There is no such file.', parts.connectSources)
      : refusal(500, 'The file could not be read.', parts.connectSources)
  }
}

/** An answer without content but for a sentence. */
export function refusal(status: number, text: string, connectSources?: readonly string[]): PageAnswer {
  return {
    status,
    headers: pageHeaders('text/plain; charset=utf-8', connectSources),
    body: new TextEncoder().encode(text)
  }
}

async function read(
  { rendererFolder, workbench }: AnswerParts,
  { path, query }: RequestTarget
): Promise<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string }> {
  if (path === '/audio') return workbench.readRecording(new URLSearchParams(query).get('path') ?? '')
  if (path.startsWith('/data/')) return workbench.data.take(path.slice('/data/'.length))
  return readRendererFile(rendererFolder, path)
}

function isClientError({ code }: WorkbenchError): boolean {
  return code === 'not-found' || code === 'invalid-input'
}

/** The build names its assets by their content; the page itself and the user's data are asked for anew each time. */
function cacheControl(path: string): string {
  return path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store'
}
