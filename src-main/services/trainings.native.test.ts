/** Trainings as a page has them: jobs of the queue with curves that grow, over real engine jobs in this process. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CallName, CallParams, CallResult } from '@contract/calls'
import type { WorkbenchEvent } from '@contract/events'
import type { Job } from '@contract/job'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeTinyData } from '../../tests/helpers/tiny-speech-data'
import { writeTinyModel } from '../../tests/helpers/tiny-speech-model'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { createServices } from './services'
import { createWorkbench, type Workbench } from './workbench'

const folder = useTemporaryFolder()
let workbench: Workbench
let told: WorkbenchEvent[]

beforeEach(() => {
  writeTinyModel(join(folder(), 'data', 'model'))
  writeTinyData(join(folder(), 'data', 'train.jsonl'), { utterances: 6, seed: 1 })
  writeTinyData(join(folder(), 'data', 'dev.jsonl'), { utterances: 3, seed: 2 })
  open()
})
afterEach(() => workbench.close())

function open(): void {
  told = []
  workbench = createWorkbench(createServices(createInProcessLauncher(createOrtBackend()), 'resources'), {
    workspaceFolder: join(folder(), 'workspace'),
    roots: [join(folder(), 'data')],
    isConfined: true,
    host: 'web'
  })
  workbench.events.subscribe(({ event }) => told.push(event))
}

async function call<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>> {
  const { signal } = new AbortController()
  return (await workbench.handle(name, params, { signal })) as CallResult<N>
}

const recipe = {
  trainingVersion: 1,
  name: 'tiny',
  model: 'model',
  trainingSet: 'train.jsonl',
  developmentSet: 'dev.jsonl',
  trainable: ['/blocks.1/*', 'head*'],
  learningRate: 0.003,
  steps: 30,
  batches: { audioSeconds: 4 },
  evaluateEverySteps: 5,
  checkpointEverySteps: 4,
  threads: 1
}

/** Some seconds, so that a pause and a closing both come before the end: told curves grow about once a second. */
const longSteps = 1500

function start(changes: Record<string, unknown> = {}): Promise<Job> {
  const text = JSON.stringify({ ...recipe, ...changes })
  return call('jobs.start', { kind: 'training', recipe: { text, folder: join(folder(), 'data') } })
}

async function ended(jobId: string, state: Job['state']): Promise<Job> {
  return vi.waitFor(
    async () => {
      const job = (await call('jobs.list', {})).find((each) => each.jobId === jobId)!
      expect(job.error).toBe(null)
      expect(job.state).toBe(state)
      return job
    },
    { timeout: 30_000, interval: 20 }
  )
}

/** Waits for points of a curve and returns how far they go. */
async function advancedTo(step: number): Promise<string> {
  return vi.waitFor(
    () => {
      const advances = told.flatMap((event) => (event.kind === 'training.advanced' ? [event.advance] : []))
      const reached = advances.find(({ steps }) => (steps.at(-1)?.step ?? 0) >= step)
      expect(reached).toBeDefined()
      return reached!.trainingId
    },
    { timeout: 30_000, interval: 5 }
  )
}

it('runs a training as a job; what was told of its curve is what is remembered', async () => {
  const { jobId, kind } = await start()
  expect(kind).toBe('training')
  const { trainingId, studyId, progress } = await ended(jobId, 'completed')
  expect([studyId, progress]).toEqual([null, null])
  const record = await call('trainings.show', { trainingId: trainingId! })
  expect(record.curve.steps.map(({ step }) => step)).toEqual(
    Array.from({ length: 30 }, (_, step) => step + 1)
  )
  expect(record.curve.development.map(({ step }) => step)).toEqual([0, 5, 10, 15, 20, 25, 30])
  expect(record).toMatchObject({ totalSteps: 30, outcome: { ended: 'completed', resumedFromStep: 0 } })
  expect(record.recipe.model).toBe(join(folder(), 'data', 'model'))
  // Each point once, in order, none that is not in the record.
  const points = told.flatMap((event) => (event.kind === 'training.advanced' ? event.advance.steps : []))
  expect(points.length).toBeGreaterThan(0)
  expect(record.curve.steps.slice(0, points.length)).toEqual(points)
  const [listed] = await call('trainings.list', {})
  const best = Math.min(...record.curve.development.map(({ loss }) => loss))
  expect(listed).toMatchObject({ trainingId, name: 'tiny', steps: 30, totalSteps: 30, ended: 'completed' })
  expect(listed!.best?.loss).toBe(best)
  expect(record.outcome!.chosenStep).toBe(listed!.best?.step)
  // Asked for once more it answers at once, and what it took stays what it was.
  const again = await start()
  await ended(again.jobId, 'completed')
  expect(await call('trainings.show', { trainingId: trainingId! })).toEqual(record)
})

it('pauses with the step in hand kept, survives a restart of the host and ends as one that was never stopped', async () => {
  const straight = await ended((await start({ steps: longSteps })).jobId, 'completed')
  const expected = await call('trainings.show', { trainingId: straight.trainingId! })
  await workbench.close()

  // The same recipe in a workspace that knows nothing of it.
  const other = join(folder(), 'data', 'other')
  const reopen = () => {
    told = []
    workbench = createWorkbench(createServices(createInProcessLauncher(createOrtBackend()), 'resources'), {
      workspaceFolder: other,
      roots: [join(folder(), 'data')],
      isConfined: true,
      host: 'web'
    })
    workbench.events.subscribe(({ event }) => told.push(event))
  }
  reopen()
  const { jobId } = await start({ steps: longSteps })
  await advancedTo(1)
  await call('jobs.pause', { jobId })
  const { trainingId } = await ended(jobId, 'paused')
  const paused = await call('trainings.show', { trainingId: trainingId! })
  expect(paused.outcome).toBe(null)
  const stoppedAt = paused.curve.steps.length
  expect(stoppedAt).toBeGreaterThan(0)
  expect(stoppedAt).toBeLessThan(longSteps)

  await call('jobs.resume', { jobId })
  await advancedTo(stoppedAt + 1)
  await workbench.close()
  reopen()
  await ended(jobId, 'interrupted')
  await call('jobs.resume', { jobId })
  await ended(jobId, 'completed')
  const record = await call('trainings.show', { trainingId: trainingId! })
  expect(record.curve).toEqual(expected.curve)
  expect(record.outcome!.modelHash).toBe(expected.outcome!.modelHash)
  expect(record.outcome!.resumedFromStep).toBeGreaterThanOrEqual(stoppedAt)
})

it('exports the model of a training that has ended, and says so of one that has not', async () => {
  const { trainingId } = await ended((await start({ steps: 4 })).jobId, 'completed')
  const target = join(folder(), 'data')
  const exported = await call('trainings.export', {
    trainingId: trainingId!,
    folder: target,
    name: 'tuned: 1'
  })
  expect(exported.folder).toBe(join(target, 'tuned-1'))
  expect(readdirSync(exported.folder)).toEqual(
    expect.arrayContaining(['model.onnx', 'lathe-card.md', 'training-curve.json', 'training-curve.csv'])
  )
  expect(exported.card).toContain('# tiny')
  told = []
  const { jobId } = await start({ steps: 2000 })
  const unfinished = await advancedTo(1)
  await call('jobs.cancel', { jobId })
  await ended(jobId, 'cancelled')
  await expect(
    call('trainings.export', { trainingId: unfinished, folder: target, name: 'too early' })
  ).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/not ended yet/) as string })
})

it('removes a training that does not run; the same recipe then begins anew', async () => {
  const { trainingId } = await ended((await start({ steps: 4 })).jobId, 'completed')
  const before = await call('trainings.show', { trainingId: trainingId! })
  expect(await call('trainings.remove', { trainingId: trainingId! })).toEqual({ trainingId })
  expect(told.at(-1)).toEqual({ kind: 'training.removed', trainingId })
  expect(await call('trainings.list', {})).toEqual([])
  await expect(call('trainings.remove', { trainingId: trainingId! })).rejects.toMatchObject({
    code: 'not-found'
  })
  await ended((await start({ steps: 4 })).jobId, 'completed')
  const again = await call('trainings.show', { trainingId: trainingId! })
  expect(again.outcome).toMatchObject({ resumedFromStep: 0, modelHash: before.outcome!.modelHash })

  told = []
  const { jobId } = await start({ steps: 2000 })
  const running = await advancedTo(1)
  await expect(call('trainings.remove', { trainingId: running })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/runs already/) as string
  })
  await call('jobs.cancel', { jobId })
  await ended(jobId, 'cancelled')
  await call('trainings.remove', { trainingId: running })
  expect((await call('trainings.list', {})).map((each) => each.trainingId)).toEqual([trainingId])
})

it('counts what patterns train, and names one that means nothing', async () => {
  const modelPath = join(folder(), 'data', 'model')
  const all = await call('trainings.count', { modelPath, trainable: ['*'], frozen: [] })
  const some = await call('trainings.count', { modelPath, trainable: ['*'], frozen: ['head*'] })
  const head = await call('trainings.count', { modelPath, trainable: ['head*'], frozen: [] })
  expect(all.parameters).toBe(all.allParameters)
  expect(some.parameters + head.parameters).toBe(all.parameters)
  expect(some.tensors + head.tensors).toBe(all.tensors)
  await expect(
    call('trainings.count', { modelPath, trainable: ['/nowhere/*'], frozen: [] })
  ).rejects.toMatchObject({ code: 'invalid-input' })
})

it('refuses recipes that are wrong or name what is not there', async () => {
  await expect(start({ learningRate: 0 })).rejects.toMatchObject({ code: 'invalid-input' })
  await expect(start({ trainingSet: 'absent.jsonl' })).rejects.toMatchObject({ code: 'not-found' })
  writeFileSync(join(folder(), 'outside.jsonl'), '')
  await expect(start({ trainingSet: '../outside.jsonl' })).rejects.toThrow()
  expect(await call('jobs.list', {})).toEqual([])
  await expect(call('trainings.show', { trainingId: 'a'.repeat(64) })).rejects.toMatchObject({
    code: 'not-found'
  })
})
