/**
 * What no page of Lathe ever needs is refused for all of them, whatever window they are in: permissions, other
 * pages, new windows, embedded guests and the network.
 */
import { app, type Session, type WebContents } from 'electron'
import { appScheme, appUrl } from './app-protocol'

/** The page itself, what it made in memory, and the developer tools. */
const localSchemes: ReadonlySet<string> = new Set([`${appScheme}:`, 'blob:', 'data:', 'devtools:'])

/**
 * Refuses every request that would leave this computer or read its files, and every permission but one: the page may
 * listen to the microphone when it asks to, and it asks only when the user wants to record.
 */
export function restrictSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) => {
    decide(permission === 'media' && isMicrophoneOnly(details))
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin, details) =>
      permission === 'media' && isOwnPage(origin) && details.mediaType === 'audio'
  )
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !localSchemes.has(new URL(details.url).protocol) })
  })
}

/** What Electron tells about a request for camera, microphone or screen. */
interface MediaDetails {
  readonly requestingUrl: string
  readonly mediaTypes: readonly string[]
}

/** Electron leaves the types out where the page wants the screen, and names the camera beside the microphone. */
function isMicrophoneOnly(details: Partial<MediaDetails> | undefined): boolean {
  const { requestingUrl, mediaTypes = [] } = details ?? {}
  return isOwnPage(requestingUrl) && mediaTypes.length > 0 && mediaTypes.every((type) => type === 'audio')
}

/** With the slash at the end, so that no longer host name begins like ours. */
function isOwnPage(url: string | undefined): boolean {
  return url !== undefined && `${url}/`.startsWith(appUrl)
}

/** Keeps every web contents, present and future, on the page it was opened with. */
export function restrictNavigation(): void {
  app.on('web-contents-created', (_event, contents) => {
    restrictContents(contents)
  })
}

function restrictContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  // A file dropped beside the drop zone arrives as a navigation too.
  contents.on('will-navigate', (event) => {
    event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
}
