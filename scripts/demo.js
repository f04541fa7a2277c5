// Runs the demo's study from the command line, on the model and the speech that are part of Lathe.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '..')
const output = resolve(root, 'demo-out')
const { status } = spawnSync(
  process.execPath,
  [
    resolve(root, 'out/main/cli.js'),
    'study',
    'run',
    resolve(root, 'resources/recipes/demo.json'),
    '--workspace',
    resolve(output, 'workspace'),
    '--output',
    output
  ],
  { stdio: 'inherit' }
)
if (status === 0) {
  process.stdout.write(`\nResults, report and models are in ${output}: results.json, report.md, models/\n`)
}
process.exitCode = status ?? 1
