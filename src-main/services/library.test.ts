import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallName, CallParams, CallResult } from '@contract/calls'
import type { DatasetFacts, LibraryEntry, ModelFacts } from '@contract/library'
import { openFakeWorkbench, settle, type FakeWorkbench } from '../../tests/helpers/fake-workbench'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'

const folder = useTemporaryFolder()
let fake: FakeWorkbench
let told: string[]

beforeEach(() => {
  fake = openFakeWorkbench(folder())
  told = []
  fake.workbench.events.subscribe(({ event }) => told.push(event.kind))
  for (const name of ['model', 'speech']) mkdirSync(join(fake.root, name))
})
afterEach(async () => {
  await fake.workbench.close()
})

const model: ModelFacts = {
  kind: 'model',
  modelHash: 'a'.repeat(64),
  sizeBytes: 1000,
  parameterCount: 250,
  linearLayers: 4,
  family: 'ctc-encoder',
  familyRefusal: null,
  sampleRateHz: 16000,
  license: 'mit',
  languages: ['en']
}
const dataset: DatasetFacts = {
  kind: 'dataset',
  layout: 'nemo',
  utterances: 8,
  speakers: 3,
  classes: null,
  languages: [],
  incomplete: null,
  audioSeconds: 9.5,
  isAudioEstimated: false,
  sampleRatesHz: [16000],
  audioProblem: null
}

async function call<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>> {
  const { signal } = new AbortController()
  return (await fake.workbench.handle(name, params, { signal })) as CallResult<N>
}

/** A call that looks at a path, which is found to be `facts`. */
async function looking<N extends CallName>(
  name: N,
  params: CallParams<N>,
  facts: ModelFacts | DatasetFacts
): Promise<CallResult<N>> {
  const before = fake.previewing.length
  const answer = call(name, params)
  answer.catch(() => undefined)
  await settle()
  fake.previewing[before]?.resolve({ facts })
  return answer
}

const at = (name: string) => join(fake.root, name)
const names = (entries: readonly LibraryEntry[]) => entries.map(({ name }) => name).sort()
const addModel = () => looking('library.add', { path: at('model') }, model)

describe('the library', () => {
  it('is empty at first, and without a demo', async () => {
    expect(await call('library.list', {})).toEqual({ entries: [], demo: null })
  })

  it('shows what a path is, and adds what was shown without looking again', async () => {
    expect(await looking('library.preview', { path: at('model') }, model)).toEqual({
      path: at('model'),
      name: 'model',
      facts: model,
      entryId: null
    })
    const entry = await call('library.add', { path: at('model') })
    expect(fake.previewing).toHaveLength(1)
    expect(entry).toMatchObject({
      path: at('model'),
      name: 'model',
      facts: model,
      usedAt: null,
      obstacle: null
    })
    expect((await call('library.list', {})).entries).toEqual([entry])
    expect(told).toEqual(['library.changed'])
    expect(await looking('library.preview', { path: at('model') }, model)).toMatchObject({
      entryId: entry.entryId
    })
  })

  it('adds nothing of a path that is neither kind, and says why', async () => {
    const showing = call('library.preview', { path: at('speech') })
    await settle()
    fake.previewing[0]?.resolve({ reasons: ['It is no model.', 'It is no data set.'] })
    expect(await showing).toEqual({
      path: at('speech'),
      facts: null,
      reasons: ['It is no model.', 'It is no data set.']
    })
    const adding = call('library.add', { path: at('speech') })
    await settle()
    fake.previewing[1]?.resolve({ reasons: ['It is no model.', 'It is no data set.'] })
    await expect(adding).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'It is no model. It is no data set.'
    })
    expect((await call('library.list', {})).entries).toEqual([])
    expect(told).toEqual([])
  })

  it('calls a model in model.onnx after its folder', async () => {
    writeFileSync(at('model/model.onnx'), '')
    expect(await looking('library.add', { path: at('model/model.onnx') }, model)).toMatchObject({
      name: 'model',
      path: at('model/model.onnx')
    })
  })

  it('looks at no path outside the allowed folders', async () => {
    for (const name of ['library.preview', 'library.add'] as const) {
      await expect(call(name, { path: folder() })).rejects.toMatchObject({ code: 'not-found' })
    }
    expect(fake.previewing).toEqual([])
  })

  it('takes a removal back', async () => {
    const entry = await addModel()
    await call('library.remove', { entryId: entry.entryId })
    expect((await call('library.list', {})).entries).toEqual([])
    expect(await call('library.restore', { entryId: entry.entryId })).toEqual(entry)
    expect((await call('library.list', {})).entries).toEqual([entry])
    expect(told).toEqual(['library.changed', 'library.changed', 'library.changed'])
  })

  it('shows what was used last first', async () => {
    const first = await addModel()
    await looking('library.add', { path: at('speech') }, dataset)
    expect((await call('library.use', { entryId: first.entryId })).usedAt).not.toBeNull()
    expect((await call('library.list', {})).entries.map(({ name }) => name)).toEqual(['model', 'speech'])
  })

  it('marks what is not there any more, and follows it to its new place', async () => {
    const { entryId } = await addModel()
    renameSync(at('model'), at('moved'))
    const [missing] = (await call('library.list', {})).entries
    expect(missing?.obstacle).toBe(`Could not open '${at('model')}': it does not exist; check the path.`)
    const found = await looking('library.relocate', { entryId, path: at('moved') }, model)
    expect(found).toMatchObject({ entryId, path: at('moved'), name: 'moved', obstacle: null })
  })

  it('does not take another model for the one that is missing', async () => {
    const { entryId } = await addModel()
    rmSync(at('model'), { recursive: true })
    mkdirSync(at('other'))
    for (const facts of [{ ...model, modelHash: 'b'.repeat(64) }, dataset]) {
      await expect(looking('library.relocate', { entryId, path: at('other') }, facts)).rejects.toMatchObject({
        code: 'conflict'
      })
    }
    expect((await call('library.list', {})).entries[0]?.path).toBe(at('model'))
  })

  it('has no demo to add where none came with Lathe', async () => {
    await expect(call('library.addDemo', {})).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the demo', () => {
  const resourcesFolder = () => join(folder(), 'resources')
  const recipePath = () => join(resourcesFolder(), 'recipes', 'demo.json')

  /** Another workbench, with a demo of a model, notes, and a manifest with its recordings. */
  async function openWithDemo(): Promise<void> {
    await fake.workbench.close()
    const made = ['demo/model', 'demo/notes', 'demo/speech', 'recipes']
    for (const name of made) mkdirSync(join(resourcesFolder(), name), { recursive: true })
    for (const name of ['README.md', 'speech.jsonl']) writeFileSync(join(resourcesFolder(), 'demo', name), '')
    writeFileSync(recipePath(), '{"name": "demo"}')
    fake = openFakeWorkbench(folder(), { resourcesFolder: resourcesFolder() })
  }

  it('adds what it holds, and leaves its notes alone', async () => {
    await openWithDemo()
    const demo = { recipePath: recipePath(), isAdded: false }
    expect(await call('library.list', {})).toEqual({ entries: [], demo })
    const adding = call('library.addDemo', {})
    for (let i = 0; i < 3; i++) {
      const waiting = await vi.waitUntil(() => fake.previewing[i])
      if (waiting.request.endsWith('notes')) waiting.resolve({ reasons: ['It is nothing.'] })
      else waiting.resolve({ facts: waiting.request.endsWith('model') ? model : dataset })
    }
    const added = await adding
    expect(names(added.entries)).toEqual(['model', 'speech.jsonl'])
    expect(added.demo).toEqual({ ...demo, isAdded: true })
    // One look for each: adding does not look again, and what cannot be either kind is not looked at.
    expect(fake.previewing).toHaveLength(3)
  })

  it('is offered anew when its model is removed, not when a set of it is', async () => {
    await openWithDemo()
    const at = (name: string) => join(resourcesFolder(), 'demo', name)
    const set = await looking('library.add', { path: at('speech.jsonl') }, dataset)
    expect((await call('library.list', {})).demo?.isAdded).toBe(false)
    const { entryId } = await looking('library.add', { path: at('model') }, model)
    await call('library.remove', { entryId: set.entryId })
    expect((await call('library.list', {})).demo?.isAdded).toBe(true)
    await call('library.remove', { entryId })
    expect((await call('library.list', {})).demo?.isAdded).toBe(false)
  })

  it('has a recipe that the page may open, unlike what lies beside it', async () => {
    await openWithDemo()
    writeFileSync(join(resourcesFolder(), 'secret.json'), '{}')
    expect(await call('recipe.read', { path: recipePath() })).toEqual({
      text: '{"name": "demo"}',
      folder: join(resourcesFolder(), 'recipes')
    })
    const beside = call('recipe.read', { path: join(resourcesFolder(), 'secret.json') })
    await expect(beside).rejects.toMatchObject({ code: 'not-found' })
  })
})
