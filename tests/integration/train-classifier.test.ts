/** The recipe that fine-tunes a real keyword transformer, on the built command line. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import type { Measurement } from '@contract/trial'
import type { TrainResult } from '../../src-main/services/train-model'
import { runCli } from '../helpers/run-cli'
import { useTemporaryFolder } from '../helpers/temporary-folder'

const root = resolve(import.meta.dirname, '../..')
const real = resolve(root, '../shared/real')
const [model, clips] = [join(real, 'kwt1'), join(real, 'speech-commands')]
const isAbsent = ![model, clips].every((path) => existsSync(path))
const folder = useTemporaryFolder()
const runTimeoutMilliseconds = 600_000

async function json<Result>(args: readonly string[]): Promise<Result> {
  const ended = await runCli([...args, '--json'])
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return JSON.parse(ended.stdout) as Result
}

it.skipIf(isAbsent)(
  `kwt1 learns by cross-entropy and holds its labels on other speakers${isAbsent ? ' (skipped: ../shared/real is absent)' : ''}`,
  async () => {
    const sets = join(folder(), 'sets')
    execFileSync(process.execPath, [join(root, 'scripts/split-class-folders.js'), clips, sets])
    const recipe = JSON.parse(
      readFileSync(join(root, 'resources/training/fine-tune-kwt1.json'), 'utf8')
    ) as Record<string, unknown>
    const changes = {
      model,
      trainingSet: join(sets, 'train.jsonl'),
      developmentSet: join(sets, 'dev.jsonl'),
      steps: 10
    }
    writeFileSync(join(folder(), 'recipe.json'), JSON.stringify({ ...recipe, ...changes }))
    const place = ['--workspace', join(folder(), 'w'), '--output', join(folder(), 'tuned')]
    const { trained } = await json<TrainResult>(['train', join(folder(), 'recipe.json'), ...place])
    const evaluate = (path: string, set: string) =>
      json<Measurement>(['evaluate', path, '--data', join(sets, `${set}.jsonl`), '--threads', '2'])

    // The graph that is trained says what the model says, although it declares a newer opset.
    const { development } = trained.curve
    const heard = await evaluate(model, 'dev')
    expect(development[0]).toMatchObject({
      wordErrors: heard.utterances - heard.correct!,
      referenceWords: heard.utterances
    })
    expect(trained.chosenStep).toBeGreaterThan(0)
    const chosen = development.find(({ step }) => step === trained.chosenStep)!
    expect(chosen.loss).toBeLessThan(development[0]!.loss)
    expect(chosen.wordErrors).toBeLessThanOrEqual(development[0]!.wordErrors)
    // It has 98.9 % already: what is left is held, but for chance.
    const [parent, tuned] = [await evaluate(model, 'eval'), await evaluate(join(folder(), 'tuned'), 'eval')]
    expect(tuned.correct).toBeGreaterThanOrEqual(parent.correct! - 3)
  },
  runTimeoutMilliseconds
)
