/** A training as processes that are killed: nothing but the steps since the last checkpoint is lost. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { TrainResult } from '../../src-main/services/train-model'
import { runCli, startCli, type CliResult } from '../helpers/run-cli'
import { useTemporaryFolder } from '../helpers/temporary-folder'
import { writeTinyData } from '../helpers/tiny-speech-data'
import { writeTinyModel } from '../helpers/tiny-speech-model'

const folder = useTemporaryFolder()
const [steps, checkpointEverySteps] = [150, 3]

function writeTraining(): string {
  writeTinyModel(join(folder(), 'model'))
  writeTinyData(join(folder(), 'train.jsonl'), { utterances: 12, seed: 1 })
  writeTinyData(join(folder(), 'dev.jsonl'), { utterances: 3, seed: 2 })
  const path = join(folder(), 'recipe.json')
  const recipe = {
    trainingVersion: 1,
    name: 'to be killed',
    model: 'model',
    trainingSet: 'train.jsonl',
    developmentSet: 'dev.jsonl',
    trainable: ['*'],
    learningRate: 0.003,
    schedule: { kind: 'cosine', warmupSteps: 5 },
    batches: { audioSeconds: 4 },
    augmentation: { specAugment: {}, noise: {} },
    steps,
    evaluateEverySteps: 4,
    checkpointEverySteps,
    threads: 1
  }
  writeFileSync(path, JSON.stringify(recipe))
  return path
}

function resultOf(result: CliResult): TrainResult['trained'] {
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return (JSON.parse(result.stdout) as TrainResult).trained
}

it('killed twice without warning, it loses at most one interval and ends with the very same model', async () => {
  const recipe = writeTraining()
  const args = (workspace: string) => ['train', recipe, '--workspace', join(folder(), workspace), '--json']
  const straight = resultOf(await runCli(args('straight')))
  // What is told on standard error says how far the training was at least when it was killed.
  for (const step of [8, 40]) {
    const running = startCli(args('killed'))
    await running.stderrShows(`step ${step}: development loss`)
    // Host and engine together, as when the machine goes down.
    process.kill(-running.process.pid!, 'SIGKILL')
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL' })
  }
  const resumed = resultOf(await runCli(args('killed')))
  expect(resumed.resumedFromStep).toBeGreaterThanOrEqual(40 - checkpointEverySteps)
  expect(resumed.resumedFromStep).toBeLessThan(steps)
  expect(resumed.curve).toEqual(straight.curve)
  expect(resumed.modelHash).toBe(straight.modelHash)
})

it('lists trainings, and removes one by the beginning of its id once it does not run', async () => {
  const recipe = writeTraining()
  const workspace = ['--workspace', join(folder(), 'w')]
  const running = startCli(['train', recipe, ...workspace])
  await running.stderrShows('step 8: development loss')
  const refused = await runCli(['trainings', 'remove', 'to be killed', ...workspace])
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.stderr).toMatch(/runs already.*\[conflict\]/)
  process.kill(-running.process.pid!, 'SIGKILL')
  await running.ended
  const listed = await runCli(['trainings', 'list', ...workspace])
  expect(listed.stdout).toMatch(/to be killed +\d+\/150/)
  const [id] = /^[0-9a-f]{12}/m.exec(listed.stdout) ?? []
  const removed = await runCli(['trainings', 'remove', id!.slice(0, 6), ...workspace])
  expect(removed).toMatchObject({ code: 0, stderr: '' })
  expect(removed.stdout).toContain('to be killed')
  expect((await runCli(['trainings', 'list', ...workspace])).stdout).toContain('No trainings yet')
  const absent = await runCli(['trainings', 'remove', 'to be killed', ...workspace])
  expect(absent).toMatchObject({ code: 1 })
  expect(absent.stderr).toContain('[not-found]')
})
