import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { TrainResult } from '../../src-main/services/train-model'
import { openWorkspace } from '../../src-main/workspace/workspace'
import { runCli } from '../helpers/run-cli'
import { useTemporaryFolder } from '../helpers/temporary-folder'

const demoFolder = resolve(import.meta.dirname, '../../resources/demo')

const folder = useTemporaryFolder()

it('lathe demo train trains the untrained Conformer by the recipe that comes with Lathe, on a set that is there already', async () => {
  // Speaking the real set takes a quarter of an hour, so that some of the calibration speakers stand in for it.
  const workspaceFolder = join(folder(), 'workspace')
  openWorkspace(workspaceFolder).close()
  const prepared = join(workspaceFolder, 'demo')
  const lines = readFileSync(join(demoFolder, 'calibration.jsonl'), 'utf8').split('\n').slice(0, 6)
  for (const line of lines) {
    const path = (JSON.parse(line) as { audio_filepath: string }).audio_filepath
    mkdirSync(dirname(join(prepared, path)), { recursive: true })
    copyFileSync(join(demoFolder, path), join(prepared, path))
  }
  writeFileSync(join(prepared, 'training.jsonl'), `${lines.join('\n')}\n`)

  const output = join(folder(), 'trained')
  const options = ['--workspace', workspaceFolder, '--output', output]
  const result = await runCli(['demo', 'train', '--steps', '2', '--json', ...options])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  const { trained } = JSON.parse(result.stdout) as TrainResult
  expect(trained.curve.steps).toHaveLength(2)

  const inspected = await runCli(['inspect', output, '--json'])
  expect(inspected, inspected.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(inspected.stdout)).toMatchObject({ family: 'ctc-encoder' })
})
