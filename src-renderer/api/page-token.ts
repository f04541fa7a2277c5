/**
 * The secret that `lathe serve` puts behind the `#` of the address that it prints: browsers never send that part. It is
 * taken out of the address at once, so that it does not end in a bookmark or on a screenshot, and kept for this tab
 * only, so that reloading the page works.
 */

const storageKey = 'lathe-token'
/** 256 bits in URL-safe base 64. */
const tokenPattern = /^#token=([\w-]{43})$/

interface TokenPage {
  readonly location: { readonly hash: string; readonly pathname: string }
  readonly history: { replaceState(data: unknown, unused: string, url: string): void }
  readonly sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void }
}

/** The token of this tab, or undefined when the page did not come from `lathe serve`. */
export function takePageToken({ location, history, sessionStorage }: TokenPage): string | undefined {
  const token = tokenPattern.exec(location.hash)?.[1]
  if (token === undefined) return sessionStorage.getItem(storageKey) ?? undefined
  sessionStorage.setItem(storageKey, token)
  history.replaceState(null, '', location.pathname)
  return token
}
