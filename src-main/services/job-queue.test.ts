import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallName, CallParams, CallResult } from '@contract/calls'
import { WorkbenchError } from '@contract/errors'
import type { WorkbenchEvent } from '@contract/events'
import type { Job } from '@contract/job'
import type { Recipe } from '@contract/recipe'
import type { StudyReport, TrialReport } from '@contract/trial'
import { cancelled, openFakeWorkbench, type FakeWorkbench } from '../../tests/helpers/fake-workbench'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openWorkspace } from '../workspace/workspace'

const folder = useTemporaryFolder()
let fake: FakeWorkbench
let told: WorkbenchEvent[]

beforeEach(() => {
  open()
  for (const name of ['model', 'calibration.jsonl', 'evaluation.jsonl']) mkdirSync(join(fake.root, name))
})
afterEach(async () => {
  const closing = fake.workbench.close()
  // Ends what a test left running, as an engine that is told to stop does.
  for (const study of fake.studies) study.reject(cancelled())
  await closing
})

function open(): void {
  fake = openFakeWorkbench(folder())
  told = []
  fake.workbench.events.subscribe(({ event }) => told.push(event))
}

async function call<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>> {
  const { signal } = new AbortController()
  return (await fake.workbench.handle(name, params, { signal })) as CallResult<N>
}

/** Three trials: the baseline, int8 and one tier. */
function recipeText(name: string): string {
  return JSON.stringify({
    recipeVersion: 1,
    name,
    model: 'model',
    calibrationSet: 'calibration.jsonl',
    evaluationSet: 'evaluation.jsonl',
    grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }]
  })
}

/** Puts a study in the queue and lets it get as far as it can. */
async function start(name: string): Promise<Job> {
  const job = await call('jobs.start', {
    kind: 'study',
    recipe: { text: recipeText(name), folder: fake.root }
  })
  await running()
  return job
}

/** Waits until the queue does what it can: its running job, if any, is under way. The recipe goes over the disk first. */
async function running(): Promise<void> {
  await vi.waitFor(async () => {
    const jobs = await call('jobs.list', {})
    const active = jobs.filter(({ state }) => state === 'running').length
    expect(fake.studies.filter(({ isSettled }) => !isSettled)).toHaveLength(active)
    if (active === 0) expect(jobs.filter(({ state }) => state === 'waiting')).toEqual([])
  })
}

async function states(): Promise<Record<string, string>> {
  return Object.fromEntries((await call('jobs.list', {})).map(({ name, state }) => [name, state]))
}

async function find(jobId: string): Promise<Job> {
  return (await call('jobs.list', {})).find((job) => job.jobId === jobId)!
}

const trial = (name: string, reused = false) => ({ name, state: 'completed', reused }) as TrialReport
const report = { study: { studyId: 'study 1' } } as StudyReport

/** What the service that runs the study would write: a study of one trial that failed, or did not the second time. */
function recordFailedTrial(studyId: string, state: 'failed' | 'completed' = 'failed'): void {
  const workspace = openWorkspace(join(folder(), 'workspace'))
  const at = '2026-01-01T00:00:00Z'
  const { records } = workspace
  const trials = [{ trialId: 'a', name: 'int8' }]
  records.saveStudy({ studyId, name: studyId, recipe: {}, createdAt: at, trials })
  records.startTrial({ trialId: 'a', spec: {}, startedAt: at })
  const error = { code: 'crashed', message: 'It fell over.' }
  if (state === 'failed') records.failTrial('a', { state, error, finishedAt: at })
  else records.finishTrial('a', { result: {}, finishedAt: at })
  workspace.close()
}

/** Ends the study that runs as one that was told to stop. */
async function stopRunning(): Promise<void> {
  const study = fake.studies.at(-1)!
  expect(study.options.signal?.aborted).toBe(true)
  study.reject(cancelled())
  await running()
}

describe('a job', () => {
  it('runs the recipe as it was when it was started, with absolute paths', async () => {
    const { jobId } = await start('first')
    const { request } = fake.studies[0]!
    expect(request).toMatchObject({
      recipePath: join(folder(), 'workspace', 'jobs', `${jobId}.json`),
      workspaceFolder: join(folder(), 'workspace')
    })
    expect(JSON.parse(readFileSync(request.recipePath, 'utf8')) as Recipe).toMatchObject({
      name: 'first',
      model: join(fake.root, 'model'),
      calibrationSet: join(fake.root, 'calibration.jsonl'),
      evaluationSet: join(fake.root, 'evaluation.jsonl')
    })
  })

  it('may come from a file, beside which its paths begin', async () => {
    const path = join(fake.root, 'recipe.json')
    writeFileSync(path, recipeText('from a file'))
    expect(await call('jobs.start', { kind: 'study', recipe: { path } })).toMatchObject({
      kind: 'study',
      name: 'from a file'
    })
  })

  it('is completed with the study that it made', async () => {
    const { jobId } = await start('first')
    expect(await find(jobId)).toMatchObject({ state: 'running', finishedAt: null, studyId: null })
    fake.studies[0]!.resolve(report)
    await running()
    expect(await find(jobId)).toMatchObject({
      state: 'completed',
      error: null,
      studyId: 'study 1',
      finishedAt: expect.any(String) as string
    })
  })

  it('that is completed but for failed trials names them, and may try these again', async () => {
    const { jobId } = await start('first')
    const refused = { state: 'completed', failedTrials: null }
    recordFailedTrial('study 1')
    fake.studies[0]!.resolve(report)
    await running()
    const failedTrials = { count: 1, first: [{ name: 'int8', state: 'failed', message: 'It fell over.' }] }
    expect(await find(jobId)).toMatchObject({ state: 'completed', failedTrials })
    expect(told.findLast(({ kind }) => kind === 'log.written')).toMatchObject({
      text: 'first: completed, 1 trial failed'
    })
    expect(await call('jobs.resume', { jobId })).toMatchObject({ state: 'running', failedTrials: null })
    await running()
    recordFailedTrial('study 1', 'completed')
    fake.studies[1]!.resolve(report)
    await running()
    expect(await find(jobId)).toMatchObject(refused)
    await expect(call('jobs.resume', { jobId })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('that is completed but for a poisoned trial says so, and trying again forgives it', async () => {
    const { jobId } = await start('first')
    const workspace = openWorkspace(join(folder(), 'workspace'))
    recordFailedTrial('study 1')
    for (let crash = 0; crash < 2; crash++) workspace.records.countCrash('a')
    fake.studies[0]!.resolve(report)
    await running()
    expect((await find(jobId)).failedTrials?.first).toEqual([
      { name: 'int8', state: 'poisoned', message: 'It fell over.' }
    ])
    await call('jobs.resume', { jobId })
    expect(workspace.records.trial('a')).toMatchObject({ state: 'failed', crashes: 0 })
    workspace.close()
  })

  it('that breaks keeps its error, and the next one runs', async () => {
    await start('first')
    await start('second')
    expect(await states()).toEqual({ first: 'running', second: 'waiting' })
    fake.studies[0]!.reject(new WorkbenchError('unsupported-model', 'It is odd.'))
    await running()
    expect(await call('jobs.list', {})).toMatchObject([
      { state: 'failed', error: { code: 'unsupported-model', message: 'It is odd.' } },
      { state: 'running' }
    ])
    expect(fake.studies).toHaveLength(2)
  })

  it.each<[string, string, string]>([
    ['text that is no JSON', '{', 'invalid-input'],
    ['a wrong recipe', '{"recipeVersion":1}', 'invalid-input'],
    ['a prototype', '{"__proto__":{"isAdmin":true},"recipeVersion":1}', 'invalid-input'],
    [
      'a model that is not there',
      recipeText('x').replace('"model":"model"', '"model":"absent"'),
      'not-found'
    ],
    ['a model elsewhere', recipeText('x').replace('"model":"model"', '"model":"../workspace"'), 'not-found'],
    [
      'a plan elsewhere',
      recipeText('x').replace(
        '"grids"',
        '"plans":[{"name":"p","method":"weight-svd","plan":"/etc/hostname"}],"grids"'
      ),
      'not-found'
    ]
  ])('with %s is not taken', async (_, text, code) => {
    const answer = call('jobs.start', { kind: 'study', recipe: { text, folder: fake.root } })
    await expect(answer).rejects.toMatchObject({ code })
    expect(await call('jobs.list', {})).toEqual([])
  })
})

describe('a running job tells', () => {
  it('its progress, its trials and its log', async () => {
    const { jobId } = await start('first')
    const { request, options } = fake.studies[0]!
    options.onProgress?.({ stage: 'evaluate', completed: 0, total: 4, unit: 'utterances' })
    request.onTrial?.(trial('baseline'))
    expect((await find(jobId)).progress).toMatchObject({
      stage: 'evaluate',
      completed: 0,
      total: 4,
      unit: 'utterances',
      trialsEnded: 1,
      trialsTotal: 3,
      stageRemainingSeconds: null
    })
    expect((await find(jobId)).progress?.remainingSeconds).toBeGreaterThanOrEqual(0)
    expect(told).toContainEqual({ kind: 'trial.ended', jobId, trial: trial('baseline') })
    const log = told.flatMap((event) => (event.kind === 'log.written' ? event.text : []))
    expect(log).toEqual(['evaluate', 'baseline: completed'])
    const last = told.findLast((event) => event.kind === 'job.changed')
    expect(last).toMatchObject({ job: { jobId, state: 'running', progress: { trialsEnded: 1 } } })
  })

  it('no more than five times a second how far a stage is, but every new stage and every end', async () => {
    await start('first')
    const { options } = fake.studies[0]!
    told.length = 0
    for (const stage of ['calibrate', 'evaluate']) {
      for (let completed = 0; completed <= 1000; completed++) {
        options.onProgress?.({ stage, completed, total: 1000, unit: 'utterances' })
      }
    }
    const seen = told.flatMap((event) => (event.kind === 'job.changed' ? (event.job.progress ?? []) : []))
    // Two thousand reports arrive within milliseconds; a slow machine may let one or two more through.
    expect(seen.length).toBeLessThan(20)
    for (const stage of ['calibrate', 'evaluate']) {
      expect(seen.filter((each) => each.stage === stage).map(({ completed }) => completed)).toEqual(
        expect.arrayContaining([0, 1000])
      )
    }
  })
})

describe('pausing', () => {
  it('lets the trial in hand end, then the next job runs', async () => {
    const { jobId } = await start('first')
    await start('second')
    const study = fake.studies[0]!
    expect(await call('jobs.pause', { jobId })).toMatchObject({ state: 'running', stopping: 'pause' })
    expect(study.options.signal?.aborted).toBe(false)
    study.options.onProgress?.({ stage: 's', completed: 1, total: 1, unit: 'u' })
    study.request.onTrial?.(trial('baseline'))
    expect(study.options.signal?.aborted).toBe(true)
    study.reject(cancelled())
    await running()
    expect(await states()).toEqual({ first: 'paused', second: 'running' })
  })

  it('may be taken back before the trial has ended', async () => {
    const { jobId } = await start('first')
    await call('jobs.pause', { jobId })
    expect(await call('jobs.resume', { jobId })).toMatchObject({ state: 'running', stopping: null })
    fake.studies[0]!.request.onTrial?.(trial('baseline'))
    expect(fake.studies[0]!.options.signal?.aborted).toBe(false)
  })

  it('during the last trial is too late: the job is completed', async () => {
    const { jobId } = await start('first')
    const study = fake.studies[0]!
    const { request, options } = study
    options.onProgress?.({ stage: 's', completed: 1, total: 1, unit: 'u' })
    request.onTrial?.(trial('baseline'))
    request.onTrial?.(trial('int8'))
    await call('jobs.pause', { jobId })
    request.onTrial?.(trial('weight-svd 50%'))
    expect(options.signal?.aborted).toBe(false)
    study.resolve(report)
    await running()
    expect(await states()).toEqual({ first: 'completed' })
  })

  it('takes a waiting job out of the line until it is resumed', async () => {
    await start('first')
    const { jobId } = await start('second')
    expect(await call('jobs.pause', { jobId })).toMatchObject({ state: 'paused', stopping: null })
    fake.studies[0]!.resolve(report)
    await running()
    expect(fake.studies).toHaveLength(1)
    await call('jobs.resume', { jobId })
    await running()
    expect(await states()).toEqual({ first: 'completed', second: 'running' })
  })
})

describe('cancelling', () => {
  it('stops a running job at once; it may be resumed', async () => {
    const { jobId } = await start('first')
    expect(await call('jobs.cancel', { jobId })).toMatchObject({ state: 'running', stopping: 'cancel' })
    await stopRunning()
    expect(await find(jobId)).toMatchObject({ state: 'cancelled', error: null, stopping: null })
    await call('jobs.resume', { jobId })
    await running()
    expect(await find(jobId)).toMatchObject({ state: 'running', finishedAt: null })
    expect(fake.studies).toHaveLength(2)
  })

  it('keeps a waiting job from running', async () => {
    await start('first')
    const { jobId } = await start('second')
    expect(await call('jobs.cancel', { jobId })).toMatchObject({ state: 'cancelled' })
    fake.studies[0]!.resolve(report)
    await running()
    expect(fake.studies).toHaveLength(1)
  })
})

describe('the order of the queue', () => {
  it('decides which job runs next', async () => {
    await start('first')
    const second = await start('second')
    const third = await start('third')
    const moved = await call('jobs.move', { jobId: third.jobId, beforeJobId: second.jobId })
    expect(moved.map(({ name }) => name)).toEqual(['first', 'third', 'second'])
    expect(told.at(-1)).toEqual({ kind: 'queue.reordered', jobIds: moved.map(({ jobId }) => jobId) })
    fake.studies[0]!.resolve(report)
    await running()
    expect(await states()).toEqual({ first: 'completed', third: 'running', second: 'waiting' })
  })

  it('forgets a job that is removed, and no other', async () => {
    await start('first')
    const { jobId } = await start('second')
    expect(await call('jobs.remove', { jobId })).toEqual({ jobId })
    expect(told.at(-1)).toEqual({ kind: 'job.removed', jobId })
    expect(await states()).toEqual({ first: 'running' })
  })

  it('takes the recipe file of a job along that has run', async () => {
    const { jobId } = await start('first')
    const { recipePath } = fake.studies[0]!.request
    fake.studies[0]!.resolve(report)
    await running()
    expect(existsSync(recipePath)).toBe(true)
    await call('jobs.remove', { jobId })
    await vi.waitFor(() => expect(existsSync(recipePath)).toBe(false))
  })
})

describe('what a job’s state forbids', () => {
  it.each<['jobs.pause' | 'jobs.resume' | 'jobs.cancel' | 'jobs.remove', string]>([
    ['jobs.pause', 'completed'],
    ['jobs.resume', 'completed'],
    ['jobs.cancel', 'completed'],
    ['jobs.resume', 'waiting'],
    ['jobs.remove', 'running']
  ])('%s is refused for a %s job', async (name, state) => {
    const first = await start('first')
    const second = await start('second')
    if (state === 'completed') {
      fake.studies[0]!.resolve(report)
      await running()
    }
    const { jobId } = state === 'waiting' ? second : first
    await expect(call(name, { jobId })).rejects.toMatchObject({ code: 'conflict', details: { jobId, state } })
  })

  it.each(['jobs.pause', 'jobs.resume', 'jobs.cancel', 'jobs.remove'] as const)(
    '%s says that there is no such job',
    async (name) => {
      await expect(call(name, { jobId: 'absent' })).rejects.toMatchObject({ code: 'not-found' })
    }
  )
})

describe('a restart', () => {
  it('in peace interrupts the running job, keeps the order, and runs what was waiting', async () => {
    await start('first')
    await start('second')
    const paused = await start('third')
    await call('jobs.pause', { jobId: paused.jobId })
    const closing = fake.workbench.close()
    expect(fake.studies[0]!.options.signal?.aborted).toBe(true)
    fake.studies[0]!.reject(cancelled())
    await closing
    open()
    await running()
    expect(await call('jobs.list', {})).toMatchObject([
      { name: 'first', state: 'interrupted' },
      { name: 'second', state: 'running' },
      { name: 'third', state: 'paused' }
    ])
  })

  it('after a kill finds the running job interrupted, and may resume it', async () => {
    const { jobId } = await start('first')
    const closing = fake.workbench.close()
    fake.studies[0]!.reject(cancelled())
    await closing
    // What a killed process leaves: nobody has written the end.
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(folder(), 'workspace', 'lathe.sqlite'))
    database.exec("UPDATE jobs SET state = 'running', finished_at = NULL")
    database.close()
    open()
    expect(await find(jobId)).toMatchObject({ state: 'interrupted' })
    await call('jobs.resume', { jobId })
    await running()
    expect(fake.studies).toHaveLength(1)
    expect(await find(jobId)).toMatchObject({ state: 'running' })
  })

  it('of a second workbench on the same workspace is refused while the first is open', async () => {
    expect(() => openFakeWorkbench(folder())).toThrow(expect.objectContaining({ code: 'conflict' }))
    await fake.workbench.close()
    await fake.workbench.close()
    open()
    expect(await call('jobs.list', {})).toEqual([])
  })
})

describe('checking a recipe', () => {
  const check = (text: string) => call('recipe.check', { text, folder: fake.root })

  it('tells the trials and what is missing', async () => {
    const text = recipeText('x').replace('"model":"model"', '"model":"absent"')
    expect(await check(text)).toMatchObject({
      isValid: true,
      recipe: { name: 'x', damping: 1e-8 },
      trialNames: ['baseline', 'int8', 'weight-svd 50%'],
      missingPaths: [join(fake.root, 'absent')]
    })
  })

  it.each<[string, string, string]>([
    ['a wrong member', recipeText('x').replace('weight-svd', 'magic'), 'grids.0.methods.0'],
    ['an unknown member', recipeText('x').replace('"grids"', '"girds"'), ''],
    ['text that is no JSON', '{ "recipeVersion": 1,', '']
  ])('tells the place of %s', async (_, text, place) => {
    expect(await check(text)).toMatchObject({
      isValid: false,
      place,
      message: expect.stringContaining("The recipe 'draft'") as string
    })
  })
})
