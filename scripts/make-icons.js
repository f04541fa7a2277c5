// Draws the app's icon in every size and format that packages need, from src-renderer/public/icon.svg. Needs a Chromium
// (CHROMIUM, or the system's). What it writes to resources/icons is kept in the repository: packaging draws nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '..')
const svg = readFileSync(join(root, 'src-renderer/public/icon.svg'), 'utf8')
const folder = join(root, 'resources/icons')

/** Types of an ICNS entry by the size of its picture; a size may appear once as itself and once as half of it, "@2x". */
const icnsTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024]
]
const icoSizes = [16, 24, 32, 48, 64, 128, 256]
const linuxSizes = [16, 32, 48, 64, 128, 256, 512]

const pictures = await draw([...new Set([...icnsTypes.map(([, size]) => size), ...icoSizes, ...linuxSizes])])
mkdirSync(folder, { recursive: true })
for (const size of linuxSizes) writeFileSync(join(folder, `${size}x${size}.png`), pictures.get(size))
writeFileSync(join(folder, 'icon.icns'), icns())
writeFileSync(join(folder, 'icon.ico'), ico())

async function draw(sizes) {
  const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (path) => path && existsSync(path)
  )
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    const drawn = new Map()
    for (const size of sizes) {
      await page.setViewportSize({ width: size, height: size })
      await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`)
      drawn.set(size, await page.screenshot({ omitBackground: true }))
    }
    return drawn
  } finally {
    await browser.close()
  }
}

/** Apple's container: a magic word, its length, then type, length and picture of each entry; big-endian. */
function icns() {
  const entries = icnsTypes.map(([type, size]) => {
    const picture = pictures.get(size)
    const head = Buffer.from(`${type}    `, 'latin1')
    head.writeUInt32BE(picture.length + 8, 4)
    return Buffer.concat([head, picture])
  })
  const body = Buffer.concat(entries)
  const head = Buffer.from('icns    ', 'latin1')
  head.writeUInt32BE(body.length + 8, 4)
  return Buffer.concat([head, body])
}

/** Windows' container: a header, a directory of 16 bytes each, then the pictures; little-endian. */
function ico() {
  const directory = Buffer.alloc(6 + 16 * icoSizes.length)
  directory.writeUInt16LE(1, 2)
  directory.writeUInt16LE(icoSizes.length, 4)
  let offset = directory.length
  icoSizes.forEach((size, place) => {
    const at = 6 + 16 * place
    const { length } = pictures.get(size)
    // 0 stands for 256.
    directory.writeUInt8(size % 256, at)
    directory.writeUInt8(size % 256, at + 1)
    directory.writeUInt16LE(1, at + 4)
    directory.writeUInt16LE(32, at + 6)
    directory.writeUInt32LE(length, at + 8)
    directory.writeUInt32LE(offset, at + 12)
    offset += length
  })
  return Buffer.concat([directory, ...icoSizes.map((size) => pictures.get(size))])
}
