import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallName, CallParams, CallResult } from '@contract/calls'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeTinyStudy, type TinyStudy } from '../../tests/helpers/tiny-study'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { createServices } from './services'
import { createWorkbench, type Workbench } from './workbench'

const folder = useTemporaryFolder()
let study: TinyStudy
let workbench: Workbench

beforeEach(() => {
  study = writeTinyStudy(join(folder(), 'study'), {
    grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }]
  })
  workbench = createWorkbench(createServices(createInProcessLauncher(createOrtBackend()), 'resources'), {
    workspaceFolder: join(folder(), 'workspace'),
    roots: [study.folder],
    isConfined: true,
    host: 'web'
  })
})
afterEach(async () => {
  await workbench.close()
})

async function call<N extends CallName>(name: N, params: CallParams<N>): Promise<CallResult<N>> {
  const { signal } = new AbortController()
  return (await workbench.handle(name, params, { signal })) as CallResult<N>
}

describe('the way from a model on disk to a smaller one', () => {
  it('goes through the library, a study, and an export that runs alike', async () => {
    await call('library.add', { path: study.model })
    await call('library.add', { path: study.evaluation })
    const { entries } = await call('library.list', {})
    expect(entries.map(({ name, facts }) => [name, facts.kind])).toEqual([
      ['evaluation.jsonl', 'dataset'],
      ['model', 'model']
    ])

    const { jobId } = await call('jobs.start', { kind: 'study', recipe: { path: study.recipe } })
    const completed = await vi.waitFor(
      async () => {
        const [job] = await call('jobs.list', {})
        expect(job).toMatchObject({ jobId, state: 'completed', error: null })
        return job
      },
      { timeout: 50_000, interval: 50 }
    )
    expect((await call('jobs.log', { jobId })).at(-1)?.text).toBe('tiny study: completed')

    const tier = {
      study: completed?.studyId ?? '',
      trial: 'weight-svd 50%',
      folder: study.folder,
      name: 'tier'
    }
    const exported = await call('export.tier', tier)
    expect(exported).toMatchObject({ folder: join(study.folder, 'tier'), maxAbsoluteError: 0 })
    expect(exported.card).toBe(readFileSync(join(exported.folder, 'lathe-card.md'), 'utf8'))
    for (const { name } of exported.files) expect(existsSync(join(exported.folder, name))).toBe(true)
    expect((await call('export.tier', tier)).folder).toBe(join(study.folder, 'tier-2'))

    // What was exported is a model like any other.
    const [original] = entries.flatMap(({ facts }) => (facts.kind === 'model' ? facts : []))
    const added = await call('library.add', { path: exported.folder })
    expect(added).toMatchObject({ name: 'tier', facts: { kind: 'model', family: original?.family } })
    expect(added.facts.kind === 'model' && added.facts.parameterCount).toBeLessThan(
      original?.parameterCount ?? 0
    )
  })

  it('does not write outside the folders of the page', async () => {
    await expect(
      call('export.tier', { study: 's', trial: 't', folder: folder(), name: 'tier' })
    ).rejects.toMatchObject({ code: 'not-found' })
  })
})
