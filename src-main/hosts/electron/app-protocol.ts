/**
 * `app://lathe/`: the only address that a window of Lathe shows. Serves the files of the built page, with a
 * Content-Security-Policy on every answer.
 */
import { protocol } from 'electron'
import { WorkbenchError } from '@contract/errors'
import { readRendererFile } from '../../services/renderer-files'

export const appScheme = 'app'
export const appHost = 'lathe'
export const appUrl = `${appScheme}://${appHost}/`

/**
 * What the page may load: its own files only. Inline styles are allowed because charts position their marks and
 * tooltips with them; inline scripts and evaluation are not.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

/**
 * Makes `app:` an origin like that of a website, without the privileges that weaken it (`bypassCSP`, `corsEnabled`).
 * Must run before the app is ready; Electron honours one such call only.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }
  ])
}

/** Answers requests to `app:` from the folder that holds the built page. Call when the app is ready. */
export function serveApp(rendererFolder: string): void {
  protocol.handle(appScheme, (request) => answer(request, rendererFolder))
}

async function answer(request: Request, rendererFolder: string): Promise<Response> {
  const { host, pathname } = new URL(request.url)
  if (host !== appHost) return refuse(404, `There is only ${appUrl}.`)
  if (request.method !== 'GET') return refuse(405, `${appUrl} can only be read.`)
  try {
    const { bytes, mediaType } = await readRendererFile(rendererFolder, pathname)
    return new Response(bytes, { headers: headers(mediaType) })
  } catch (thrown) {
    // The reason stays here: an error of the file system names paths of this computer.
    const isAbsent = thrown instanceof WorkbenchError && thrown.code === 'not-found'
    return isAbsent ? refuse(404, 'The page has no such file.') : refuse(500, 'The file could not be read.')
  }
}

function refuse(status: number, text: string): Response {
  return new Response(text, { status, headers: headers('text/plain; charset=utf-8') })
}

function headers(mediaType: string): Record<string, string> {
  return {
    'Content-Type': mediaType,
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff'
  }
}
