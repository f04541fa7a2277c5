/**
 * `lathe serve` as a user runs it: a process of its own with real engines, talked to over its WebSocket by the page's own
 * client, ended politely and rudely.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { WorkbenchEvent } from '@contract/events'
import { createApi, type Api } from '../../src-renderer/api/client'
import { webSocketChannel } from '../../src-renderer/api/websocket'
import { startCli, type RunningCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeTinyStudy, type TinyStudy } from '../helpers/tiny-study'

const startScript = resolve(import.meta.dirname, '../../scripts/start.js')
const trialNames = ['baseline', 'int8', 'weight-svd 50%']

const shared = useSharedTemporaryFolder()
let study: TinyStudy
let workspaces = 0
let workspace: string
let running: RunningCli[]
let apis: Api[]

beforeAll(() => {
  study = writeTinyStudy(join(shared(), 'study'), {
    evaluation: { utterances: 60, seconds: [1.5, 2.5] },
    grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }]
  })
})
beforeEach(() => {
  workspace = join(shared(), `workspace ${++workspaces}`)
  running = []
  apis = []
})
afterEach(async () => {
  for (const api of apis) api.close()
  for (const { process, ended } of running) {
    process.kill('SIGKILL')
    await ended
  }
})

/** Starts the server and returns it with the address that it prints. */
async function serve(port = 0, ...flags: string[]): Promise<{ server: RunningCli; url: URL }> {
  const where = ['--workspace', workspace, '--root', study.folder, '--port', String(port)]
  const server = startCli(['serve', ...where, ...flags])
  running.push(server)
  let printed = ''
  server.process.stdout!.on('data', (text: string) => (printed += text))
  await server.stderrShows('until Ctrl-C')
  await vi.waitFor(() => {
    expect(printed).toContain('\n')
  })
  return { server, url: new URL(printed.trim()) }
}

/** A page at this address, and what it is told. */
async function openPage({ origin, host, hash }: URL): Promise<{ api: Api; events: WorkbenchEvent[] }> {
  const headers = { Authorization: `Bearer ${hash.slice('#token='.length)}` }
  const api = createApi(
    webSocketChannel({
      startSession: async () => (await fetch(`${origin}/session`, { method: 'POST', headers })).status,
      openSocket: () => new WebSocket(`ws://${host}/socket`, { origin, headers })
    })
  )
  apis.push(api)
  const events: WorkbenchEvent[] = []
  api.onEvent((event) => events.push(event))
  await api.call('app.describe', {})
  return { api, events }
}

const startStudy = (api: Api) => api.call('jobs.start', { kind: 'study', recipe: { path: study.recipe } })

/** Waits for a study on real engines. */
const patience = { timeout: 90_000, interval: 50 }

function trialsIn(events: readonly WorkbenchEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'trial.ended' ? event.trial.name : []))
}

describe('lathe serve', () => {
  it('runs a study from the page to its report', async () => {
    const { api, events } = await openPage((await serve()).url)
    expect((await api.call('files.list', {})).entries.map(({ name }) => name)).toContain('recipe.json')
    expect((await api.call('model.describe', { modelPath: study.model })).layers.length).toBeGreaterThan(0)
    expect(await api.call('dataset.describe', { datasetPath: study.evaluation })).toMatchObject({
      path: study.evaluation,
      utterances: 60
    })
    const { jobId } = await startStudy(api)
    await vi.waitFor(async () => {
      expect(await api.call('jobs.list', {})).toMatchObject([{ jobId, state: 'completed' }])
    }, patience)
    expect(trialsIn(events)).toEqual(trialNames)
    const [job] = await api.call('jobs.list', {})
    const report = await api.call('studies.show', { study: job!.studyId! })
    expect(report.trials.map(({ name, state }) => [name, state])).toEqual(
      trialNames.map((name) => [name, 'completed'])
    )
    expect(await api.call('studies.list', {})).toMatchObject([
      { studyId: job!.studyId, completedTrialCount: trialNames.length }
    ])
  })

  it('killed in the middle of a study finds it interrupted, and resumes it without doing anything twice', async () => {
    const first = await serve()
    const before = await openPage(first.url)
    const { jobId } = await startStudy(before.api)
    await vi.waitFor(() => {
      expect(trialsIn(before.events).length).toBeGreaterThanOrEqual(2)
    }, patience)
    first.server.process.kill('SIGKILL')
    await first.server.ended
    const finished = trialsIn(before.events)
    const after = await openPage((await serve()).url)
    expect(await after.api.call('jobs.list', {})).toMatchObject([{ jobId, state: 'interrupted' }])
    await after.api.call('jobs.resume', { jobId })
    await vi.waitFor(async () => {
      expect(await after.api.call('jobs.list', {})).toMatchObject([{ jobId, state: 'completed' }])
    }, patience)
    const reused = after.events.flatMap((event) =>
      event.kind === 'trial.ended' && event.trial.reused ? event.trial.name : []
    )
    expect(reused).toEqual(expect.arrayContaining(finished))
    expect(trialsIn(after.events)).toEqual(trialNames)
  })

  it('ends on Ctrl-C with code 0, its running study interrupted and its port free', async () => {
    const { server, url } = await serve()
    const { api } = await openPage(url)
    await startStudy(api)
    server.process.kill('SIGINT')
    expect(await server.ended).toMatchObject({ code: 0, signal: null })
    await expect(fetch(url.origin)).rejects.toThrow()
    const again = await openPage((await serve()).url)
    expect(await again.api.call('jobs.list', {})).toMatchObject([{ state: 'interrupted' }])
  })

  it('started again on its port takes back the pages that are open, unless it is told to make a new address', async () => {
    const first = await serve()
    const { api } = await openPage(first.url)
    const reloads = vi.fn()
    api.onReload(reloads)
    first.server.process.kill('SIGKILL')
    await first.server.ended
    const second = await serve(Number(first.url.port))
    expect(second.url.href).toBe(first.url.href)
    await vi.waitFor(() => {
      expect(reloads).toHaveBeenCalled()
    }, patience)
    expect(await api.call('jobs.list', {})).toEqual([])
    second.server.process.kill('SIGKILL')
    await second.server.ended
    const third = await serve(Number(first.url.port), '--new-token')
    expect(third.url.hash).not.toBe(first.url.hash)
    await vi.waitFor(() => {
      expect(api.state).toBe('refused')
    }, patience)
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({ code: 'protocol' })
  })

  it('refuses a workspace that another one serves', async () => {
    await serve()
    const second = startCli(['serve', '--workspace', workspace, '--port', '0'])
    running.push(second)
    const { code, stdout, stderr } = await second.ended
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('is open in another Lathe window or server')
  })

  it('is what npm start falls back to where Electron is not, and one line says why', async () => {
    const start = spawn(process.execPath, [startScript, '--workspace', workspace, '--port', '0'], {
      env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: shared() },
      detached: true
    })
    let [stdout, stderr] = ['', '']
    start.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
    start.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    const ended = once(start, 'close')
    await vi.waitFor(() => {
      expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=/)
    }, patience)
    // As a terminal does: to the whole group.
    process.kill(-start.pid!, 'SIGINT')
    expect(await ended).toEqual([0, null])
    expect(stderr.split('\n')[0]).toBe(
      "No Electron window, because Electron's binary is not installed here: serving the workbench to a browser instead."
    )
  })

  it('refuses a port that is none', async () => {
    const wrong = startCli(['serve', '--port', '70000'])
    running.push(wrong)
    expect(await wrong.ended).toMatchObject({ code: 2 })
  })
})
