import { readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeRedirectPage } from './redirect-page'

describe('the page that leads to an address with a secret', () => {
  it('is readable by its owner only, and cannot be broken out of', async () => {
    const path = await writeRedirectPage('http://127.0.0.1:1/#token=a"</script>')
    try {
      expect(readFileSync(path, 'utf8')).toContain(
        '<script>location.replace("http://127.0.0.1:1/#token=a\\"\\u003c/script>")</script>'
      )
      if (process.platform !== 'win32') {
        expect(statSync(path).mode & 0o777).toBe(0o600)
        expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
      }
    } finally {
      rmSync(dirname(path), { recursive: true })
    }
  })
})
