// The long form of tests/torture: more cases, kill points and trials than `npm test` has time for, reported as figures.
// Options go on to vitest: `npm run test:torture -- tests/torture/fuzz-models.test.ts`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'lathe-torture-'))
const figures = join(scratch, 'figures.jsonl')

const { status } = spawnSync(
  process.execPath,
  [
    resolve(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project=torture',
    '--testTimeout=3600000',
    '--hookTimeout=600000',
    ...process.argv.slice(2)
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, LATHE_TORTURE: 'full', LATHE_TORTURE_FIGURES: figures }
  }
)

const lines = existsSync(figures) ? readFileSync(figures, 'utf8').trim().split('\n') : []
const rows = lines.map((line) => JSON.parse(line))
const width = Math.max(0, ...rows.map(({ name }) => name.length))
process.stdout.write('\n')
for (const { name, value } of rows)
  process.stdout.write(`${name.padEnd(width)}  ${value.toLocaleString('en')}\n`)
rmSync(scratch, { recursive: true, force: true })
process.exitCode = status ?? 1
