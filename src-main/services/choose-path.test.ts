import { describe, expect, it, vi } from 'vitest'
import type { PathQuestion } from '@contract/path-choice'
import { openFakeWorkbench } from '../../tests/helpers/fake-workbench'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'

const folder = useTemporaryFolder()
const question: PathQuestion = { title: 'Choose a model', accept: 'file', extensions: ['.onnx', '.tar.gz'] }
const context = { signal: new AbortController().signal }

describe('files.choose', () => {
  it('is answered with null by a host without a dialog, so that the page lists files itself', async () => {
    const { workbench } = openFakeWorkbench(folder())
    expect(await workbench.handle('files.choose', question, context)).toBeNull()
    await workbench.close()
  })

  it('is put to the dialog of the host', async () => {
    const choosePath = vi.fn(async (_: PathQuestion) => ({ path: '/m/model.onnx' }))
    const { workbench } = openFakeWorkbench(folder(), { choosePath })
    expect(await workbench.handle('files.choose', question, context)).toEqual({ path: '/m/model.onnx' })
    expect(choosePath.mock.calls).toEqual([[question]])
    await workbench.close()
  })

  it.each([
    ['an ending without a dot', { ...question, extensions: ['onnx'] }],
    ['an ending that is a path', { ...question, extensions: ['.a/b'] }],
    ['another kind', { ...question, accept: 'save' }],
    ['a member too many', { ...question, properties: ['multiSelections'] }]
  ])('refuses %s', async (_, wrong) => {
    const { workbench } = openFakeWorkbench(folder(), { choosePath: async () => ({ path: '/m' }) })
    await expect(workbench.handle('files.choose', wrong, context)).rejects.toMatchObject({
      code: 'invalid-input'
    })
    await workbench.close()
  })
})
