/**
 * What no page of Lathe ever needs is refused for all of them, whatever window they are in: permissions, other
 * pages, new windows, embedded guests and the network.
 */
import { app, type Session, type WebContents } from 'electron'
import { appScheme } from './app-protocol'

/** The page itself, what it made in memory, and the developer tools. */
const localSchemes: ReadonlySet<string> = new Set([`${appScheme}:`, 'blob:', 'data:', 'devtools:'])

/** Refuses permissions and every request that would leave this computer or read its files. */
export function restrictSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false)
  })
  session.setPermissionCheckHandler(() => false)
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !localSchemes.has(new URL(details.url).protocol) })
  })
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
