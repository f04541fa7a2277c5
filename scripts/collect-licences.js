// Writes resources/licences/THIRD-PARTY.txt: the licence of every package whose code a packaged Lathe carries, from the
// packages' own files. Which packages those are the build has noted in out/bundled-packages.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import process from 'node:process'

const root = resolve(import.meta.dirname, '..')
const licencesFolder = join(root, 'resources/licences')
export const thirdPartyPath = join(licencesFolder, 'THIRD-PARTY.txt')

/** Packages beside the bundle, which keep files of their own; the installers that they name are not packed. */
const packed = ['onnxruntime-node', 'onnxruntime-common']

/** Texts for packages that name a licence but carry none. */
const textsElsewhere = [
  [/^onnxruntime-(node|common)$/, 'onnxruntime.txt'],
  [/^(css-render|@css-render\/.+|vdirs)$/, 'css-render.txt'],
  [/^(mpg123-decoder|opus-decoder|ogg-opus-decoder|@wasm-audio-decoders\/.+)$/, 'wasm-audio-decoders.txt']
]

const head = `What Lathe contains of other people's work
==========================================

Lathe itself is under the MIT License (LICENSE). The packages below are part of it, unchanged; their licences follow.
The files beside this one belong to them: GPL-3.0.txt and LGPL-2.1.txt are referred to, openai-whisper.txt is for the
tables of English number words and spellings. Electron and Chromium come with licence files of their own.

Two parts are under the GNU Lesser General Public License, and you may put changed versions in their place:
codec-parser (LGPL-3.0) is the file out/main/codec-parser-*.js, and mpg123 inside mpg123-decoder (LGPL-2.1) is the file
out/main/mpg123-decoder-*.js, both outside the archive app.asar, in app.asar.unpacked. Keep the file's name and what it exports,
or build Lathe anew with another version in package.json: everything that this takes is in the repository.
Sources: https://github.com/eshaz/codec-parser, https://github.com/eshaz/wasm-audio-decoders, https://www.mpg123.org.
`

/** The whole text, from the last build. Throws for a package without a licence text. */
export function thirdPartyText() {
  const texts = new Map()
  for (const folder of bundledFolders()) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    texts.set(`${name} ${version} (${license})`, licenceText(folder, name))
  }
  const line = '-'.repeat(100)
  const sections = [...texts.keys()]
    .sort()
    .map((title) => `${line}\n${title}\n${line}\n\n${texts.get(title)}\n`)
  return [head, ...sections].join('\n')
}

function bundledFolders() {
  const folder = join(root, 'out/bundled-packages')
  if (!existsSync(folder)) throw failed(`${folder} is missing: run 'npm run build' first.`)
  const noted = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
  return [...new Set([...packed, ...noted])].map((name) => join(root, 'node_modules', name))
}

function failed(message) {
  // eslint-disable-next-line no-restricted-syntax -- the coded errors are for Lathe's processes, not for its build
  return new Error(message)
}

function licenceText(folder, name) {
  const files = readdirSync(folder).filter((file) =>
    /^(licen[cs]e|copying|notice)([-_].+)?(\.(md|txt))?$/i.test(file)
  )
  if (files.length > 0) {
    return files
      .sort()
      .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
      .join('\n\n')
  }
  const elsewhere = textsElsewhere.find(([pattern]) => pattern.test(name))?.[1]
  if (elsewhere === undefined) {
    throw failed(
      `'${name}' has no licence file: put its text into resources/licences and name it in this script.`
    )
  }
  return `See ${elsewhere} beside this file.`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(thirdPartyPath, thirdPartyText())
}
