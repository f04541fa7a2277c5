// Runs the main job on a real model and recorded speech. Until Lathe carries a demo model of its own, both come from a
// folder beside the repository; without it nothing is made up: the script says what is missing.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '..')
const recipePath = resolve(root, 'resources/recipes/first-lesson.json')
const recipe = JSON.parse(readFileSync(recipePath, 'utf8'))

const missing = [recipe.model, recipe.calibrationSet, recipe.evaluationSet]
  .map((path) => resolve(dirname(recipePath), path))
  .filter((path) => !existsSync(path))

if (missing.length > 0) {
  process.stderr.write(
    [
      'The demo needs a real speech model and recorded speech, and does not find:',
      ...missing.map((path) => `  ${path}`),
      'Put them there, or copy resources/recipes/first-lesson.json, point it to a model and data of your own, and run:',
      '  npx lathe study run YOUR-RECIPE.json --workspace demo-out/workspace --output demo-out',
      ''
    ].join('\n')
  )
  process.exitCode = 1
} else {
  const output = resolve(root, 'demo-out')
  const { status } = spawnSync(
    process.execPath,
    [
      resolve(root, 'out/main/cli.js'),
      'study',
      'run',
      recipePath,
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
}
