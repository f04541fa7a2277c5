/** What a page of Lathe may do, the same in every host; sent as headers with every answer. */

/**
 * The Content-Security-Policy: the page's own files only. Inline styles are allowed because charts position their
 * marks and tooltips with them; inline scripts and evaluation are not.
 *
 * `connectSources`: addresses besides the page's own that it may connect to, such as the host's WebSocket.
 */
export function contentSecurityPolicy(connectSources: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    ['connect-src', "'self'", ...connectSources].join(' '),
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join('; ')
}

/** The headers of an answer of this media type; a browser must not guess another. */
export function pageHeaders(mediaType: string, connectSources?: readonly string[]): Record<string, string> {
  return {
    'Content-Type': mediaType,
    'Content-Security-Policy': contentSecurityPolicy(connectSources),
    'X-Content-Type-Options': 'nosniff'
  }
}
