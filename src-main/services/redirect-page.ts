import { writePrivateFile } from '../workspace/private-file'

/**
 * Writes a page that leads to `url` and that only this user can read; returns its path.
 *
 * For opening an address that holds a secret: every user of the computer can read the arguments with which a browser is
 * started, and there a path stands instead.
 */
export async function writeRedirectPage(url: string): Promise<string> {
  const target = JSON.stringify(url).replaceAll('<', '\\u003c')
  return writePrivateFile(
    'open-lathe.html',
    `<!doctype html><meta charset="utf-8"><title>Lathe</title><script>location.replace(${target})</script>\n`
  )
}
