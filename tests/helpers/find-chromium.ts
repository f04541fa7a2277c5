import { existsSync } from 'node:fs'
import process from 'node:process'

const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
]

/** A browser to drive: `CHROMIUM`, or the system's; undefined when there is none. */
export function findChromium(): string | undefined {
  return places.find((path) => path !== undefined && path !== '' && existsSync(path))
}
