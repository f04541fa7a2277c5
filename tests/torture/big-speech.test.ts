/**
 * Models that are run on audio and do not fit the 2 GiB of one message: calibration, the full-rank check, sensitivities,
 * sequential calibration and evaluation run them from files. The short form takes the same way with a model just large
 * enough for it.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasProcessFiles } from '../helpers/child-processes'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeTinyData } from '../helpers/tiny-speech-data'
import { bigLayerBytes, writeBigSpeechModel } from './big-speech-model'
import { effort, recordFigure } from './effort'
import { measuredRun } from './measured-run'

const shared = useSharedTemporaryFolder()
const layers = effort({ short: 2, full: 33 })
const size = `${((layers * bigLayerBytes) / 1e6).toFixed(0)} MB`
let model = ''
let speech = ''

beforeAll(() => {
  model = writeBigSpeechModel(join(shared(), 'big'), layers)
  speech = writeTinyData(join(shared(), 'speech.jsonl'), { utterances: 3, seed: 1 })
}, 600_000)

async function run(name: string, args: readonly string[]) {
  const result = await measuredRun(args)
  expect(result, result.stderr).toMatchObject({ code: 0 })
  recordFigure(`big speech, ${size}, ${name}: peak MB of an engine`, result.peakBytes / 1e6)
  recordFigure(`big speech, ${size}, ${name}: processor seconds`, result.processorSeconds)
  return JSON.parse(result.stdout) as Record<string, unknown>
}

describe.skipIf(!hasProcessFiles)('a large model with audio (skipped where there is no /proc)', () => {
  it.each([
    ['whitened-svd', []],
    ['whitened-svd, sensitivity', ['--ranks', 'sensitivity']],
    ['whitened-svd, sequential', ['--sequential']]
  ])('is calibrated, checked and run: %s', async (name, options) => {
    const [output, workspace] = [join(shared(), name), join(shared(), 'workspace')]
    // The small layers are compressed, the rest is carried through every model on the way.
    const chosen = ['--include', '*/small/*']
    const report = await run(name, [
      ...['compress', model, '--method', 'whitened-svd', '--retain', '50%', ...chosen, ...options],
      ...['--calibration', speech, '--workspace', workspace, '--output', output, '--json']
    ])
    expect(JSON.stringify(report)).toContain('full-rank')
    expect(statSync(join(output, 'model.onnx.data')).size).toBeGreaterThan(layers * bigLayerBytes)
    // What was written on the way is gone.
    const left = readdirSync(join(workspace, 'tmp')).filter((file) => file.endsWith('.scratch'))
    expect(left).toEqual([])
    if (name !== 'whitened-svd') return
    const measured = await run('evaluate', ['evaluate', output, '--data', speech, '--json'])
    expect(JSON.stringify(measured)).toContain('000.wav')
  })
})
