// Splits a folder of classes (FLAC, names like `bed_0a2b400e_nohash_1.flac`, as in Speech Commands) by speaker into three manifests:
// about half of the speakers in train.jsonl, a fifth in dev.jsonl, the others in eval.jsonl. Which speaker is where follows from
// the speaker's name alone, so it stays the same when clips come or go.
//   node scripts/split-class-folders.js ../shared/real/speech-commands ../speech-commands-split
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'

const [source, output] = process.argv.slice(2)
if (source === undefined || output === undefined) {
  process.stderr.write('usage: node scripts/split-class-folders.js SOURCE OUTPUT\n')
  process.exit(2)
}

const lines = { train: [], dev: [], eval: [] }
const classes = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory())
for (const { name: label } of classes) {
  for (const file of readdirSync(join(source, label)).sort()) {
    const speaker = /(?:^|_)([0-9a-f]+)_nohash_\d+\.flac$/.exec(file)?.[1]
    if (speaker === undefined) continue
    const path = join(source, label, file)
    const line = { audio_filepath: relative(output, path), duration: flacSeconds(path), text: label, speaker }
    lines[splitOf(speaker)].push(JSON.stringify(line))
  }
}
mkdirSync(output, { recursive: true })
for (const [split, all] of Object.entries(lines)) {
  writeFileSync(join(output, `${split}.jsonl`), `${all.join('\n')}\n`)
  process.stdout.write(`${split}: ${all.length} clips\n`)
}

function splitOf(speaker) {
  const share = createHash('sha256').update(speaker).digest()[0] / 256
  if (share < 0.5) return 'train'
  return share < 0.7 ? 'dev' : 'eval'
}

/** From the stream's first block: 20 bits of sample rate, and behind channels and depth 36 bits of samples. */
function flacSeconds(path) {
  const bits = readFileSync(path).readBigUInt64BE(18)
  return Number(bits & 0xfffffffffn) / Number(bits >> 44n)
}
