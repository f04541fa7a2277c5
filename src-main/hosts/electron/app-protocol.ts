/**
 * `app://lathe/`: the only address that a window of Lathe shows. Serves the files of the built page, with a
 * Content-Security-Policy on every answer.
 */
import { protocol } from 'electron'
import { answerGet, refusal, type AnswerParts, type PageAnswer } from '../../services/answer-request'

export const appScheme = 'app'
export const appHost = 'lathe'
export const appUrl = `${appScheme}://${appHost}/`

/**
 * Makes `app:` an origin like that of a website, without the privileges that weaken it (`bypassCSP`, `corsEnabled`).
 * Must run before the app is ready; Electron honours one such call only.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }
  ])
}

/**
 * Answers requests to `app:` with the built page and the user's data. Call when the app is ready. Only windows of Lathe
 * can ask: no other page can reach the scheme.
 */
export function serveApp(parts: AnswerParts): void {
  protocol.handle(appScheme, async (request) => {
    const { status, headers, body } = await answer(request, parts)
    return new Response(body, { status, headers })
  })
}

async function answer(request: Request, parts: AnswerParts): Promise<PageAnswer> {
  const { host, pathname, search } = new URL(request.url)
  if (host !== appHost) return refusal(404, `There is only ${appUrl}.`)
  if (request.method !== 'GET') return refusal(405, `${appUrl} can only be read.`)
  return answerGet(parts, { path: pathname, query: search })
}
