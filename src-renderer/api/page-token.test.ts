import { describe, expect, it } from 'vitest'
import { takePageToken } from './page-token'

const token = 'A_b-'.repeat(10) + 'xyz'

/** A tab of a browser at an address that ends in `hash`. */
function tab(hash: string) {
  const stored = new Map<string, string>()
  const page = {
    location: { hash, pathname: '/' },
    history: {
      replaceState: (_data: unknown, _unused: string, url: string) => {
        page.location = { hash: '', pathname: url }
      }
    },
    sessionStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value)
    }
  }
  return page
}

describe('the token in the address', () => {
  it('is taken out of it, and is still there when the page is loaded again', () => {
    const page = tab(`#token=${token}`)
    expect(takePageToken(page)).toBe(token)
    expect(page.location).toEqual({ hash: '', pathname: '/' })
    expect(takePageToken(page)).toBe(token)
  })

  it('that is new takes the place of the old one', () => {
    const page = tab(`#token=${token}`)
    takePageToken(page)
    const newer = 'N'.repeat(43)
    page.location.hash = `#token=${newer}`
    expect(takePageToken(page)).toBe(newer)
    expect(takePageToken(page)).toBe(newer)
  })

  it.each(['', '#', '#token=', '#token=short', `#token=${token}x`, `#tokens=${token}`, '#/studies'])(
    'is not seen in "%s", which stays as it is',
    (hash) => {
      const page = tab(hash)
      expect(takePageToken(page)).toBeUndefined()
      expect(page.location.hash).toBe(hash)
    }
  )
})
