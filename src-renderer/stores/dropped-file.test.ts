// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import type { AppDescription } from '@contract/workbench-data'
import { openStoreHost } from '../../tests/helpers/store-host'
import { useDroppedFileStore } from './dropped-file'
import { useNavigationStore } from './navigation'
import { useStudyDraftStore } from './study-draft'
import { useTrainingDraftStore } from './training-draft'
import { useWorkbenchStore } from './workbench'

const app: AppDescription = {
  version: '0.0.0',
  host: 'web',
  platform: 'linux',
  workspaceFolder: '/w',
  roots: ['/speech', '/models'],
  threads: 2
}

beforeEach(async () => {
  window.localStorage.clear()
  window.location.hash = ''
  openStoreHost({ 'app.describe': () => app, 'jobs.list': () => [] })
  const workbench = useWorkbenchStore()
  await vi.waitFor(() => {
    expect(workbench.app).toEqual(app)
  })
})

const file = (name: string, content = '') => ({ file: new File([content], name), isFolder: false })
const recipe = '{ "recipeVersion": 1, "model": "m" }'

describe('what is dropped without a path', () => {
  it('is taken by its text when it is a recipe, whose paths begin in the first folder', async () => {
    const dropped = useDroppedFileStore()
    await dropped.take(file('night.json', recipe))
    const draft = useStudyDraftStore()
    expect([draft.text, draft.folder, dropped.refused]).toEqual([recipe, '/speech', undefined])
    expect(useNavigationStore().view).toBe('study')
  })

  it('is taken to the trainings when it is the recipe of one', async () => {
    const dropped = useDroppedFileStore()
    const training = '{ "trainingVersion": 1, "model": "m" }'
    await dropped.take(file('fine-tune.json', training))
    const draft = useTrainingDraftStore()
    expect([draft.text, draft.folder, dropped.refused]).toEqual([training, '/speech', undefined])
    expect(useNavigationStore()).toMatchObject({ view: 'training', params: { edit: 'recipe' } })
  })

  it.each([
    ['a model', file('model.onnx'), 'file'],
    ['other JSON', file('vocab.json', '{"a":1}'), 'file'],
    ['JSON that is no recipe for its size', file('big.json', `${recipe}${' '.repeat(500_000)}`), 'file'],
    ['a sound', file('hello.OPUS'), 'recording'],
    ['a folder', { file: new File([], 'whisper.json'), isFolder: true }, 'folder']
  ] as const)('is refused when it is %s', async (_, what, kind) => {
    const dropped = useDroppedFileStore()
    await dropped.take(what)
    expect(dropped.refused).toEqual({ kind, name: what.file.name })
    expect(useNavigationStore().view).toBe('library')
  })

  it.each([
    ['model.onnx', 'library', true],
    ['hello.wav', 'compare', false]
  ] as const)('as %s leads to %s', async (name, view, isChooserWanted) => {
    const dropped = useDroppedFileStore()
    const navigation = useNavigationStore()
    navigation.go('jobs', { study: 's' })
    await dropped.take(file(name))
    dropped.goOn()
    await nextTick()
    expect([navigation.view, dropped.isChooserWanted]).toEqual([view, isChooserWanted])
    expect(navigation.params).toEqual(isChooserWanted ? {} : { study: 's' })
    expect(dropped.refused).toBeUndefined()
  })

  it('is forgotten with the view on which it was dropped', async () => {
    const dropped = useDroppedFileStore()
    await dropped.take(file('model.onnx'))
    useNavigationStore().go('jobs')
    await nextTick()
    expect(dropped.refused).toBeUndefined()
  })
})
