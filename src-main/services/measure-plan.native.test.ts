/** Plans that are really made and heard, through the workbench and the real jobs. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PlanMeasurement } from '@contract/inspect'
import type { CallParams } from '@contract/calls'
import { createInProcessLauncher, type InProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeTinyStudy, type TinyStudy } from '../../tests/helpers/tiny-study'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { createServices } from './services'
import { createWorkbench, type Workbench } from './workbench'

const folder = useTemporaryFolder()
let study: TinyStudy
let launcher: InProcessLauncher
let workbench: Workbench
const workspaceFolder = () => join(folder(), 'workspace')

beforeEach(() => {
  study = writeTinyStudy(join(folder(), 'study'))
  launcher = createInProcessLauncher(createOrtBackend())
  workbench = createWorkbench(createServices(launcher, 'resources'), {
    workspaceFolder: workspaceFolder(),
    roots: [study.folder],
    isConfined: true,
    host: 'web'
  })
})
afterEach(async () => {
  await workbench.close()
})

async function measure(
  changes: Partial<CallParams<'plan.measure'>> = {},
  signal = new AbortController().signal
): Promise<PlanMeasurement> {
  const params: CallParams<'plan.measure'> = {
    modelPath: study.model,
    calibrationPath: study.calibration,
    evaluationPath: study.evaluation,
    method: 'whitened-svd',
    ranks: { policy: 'uniform', retainedFraction: 0.5 },
    utterances: 5,
    ...changes
  }
  return (await workbench.handle('plan.measure', params, { signal })) as PlanMeasurement
}

describe('measuring a plan', () => {
  it('makes it and hears it and the model itself on the same few recordings', async () => {
    const { utterances, plan, baseline } = await measure()
    expect(utterances).toBe(5)
    expect(plan.sizeBytes).toBeLessThan(baseline.sizeBytes)
    for (const { quality, p50Milliseconds } of [plan, baseline]) {
      expect(quality.kind).toBe('word-error-rate')
      expect(quality.lower).toBeLessThanOrEqual(quality.errorRate)
      expect(quality.upper).toBeGreaterThanOrEqual(quality.errorRate)
      expect(p50Milliseconds).toBeGreaterThan(0)
    }
    // Nothing of it stays among the models of the workspace, nor beside them.
    expect(readdirSync(join(workspaceFolder(), 'models'))).toEqual([])
    expect(readdirSync(join(workspaceFolder(), 'tmp'))).toEqual([])
  })

  it('measures the model itself once, and hears no more than there is', async () => {
    const first = await measure({ utterances: 500 })
    expect(first.utterances).toBe(8)
    const denser = { policy: 'uniform', retainedFraction: 0.75 } as const
    const second = await measure({ utterances: 500, ranks: denser })
    expect(second.baseline).toEqual(first.baseline)
    expect(second.plan.sizeBytes).toBeGreaterThan(first.plan.sizeBytes)
    expect(launcher.launched).toBe(1)
  })

  it('pairs the difference by recording: at full rank there is none, though each rate has its interval', async () => {
    const ranks = { policy: 'uniform', retainedFraction: 0.5 } as const
    const { plan, baseline, difference } = await measure({ utterances: 500, ranks })
    expect(difference!.difference).toBeCloseTo(plan.quality.errorRate - baseline.quality.errorRate, 12)
    expect(difference!.lower).toBeLessThanOrEqual(difference!.difference)
    expect(difference!.upper).toBeGreaterThanOrEqual(difference!.difference)
    const dense = { policy: 'manual', rankMap: {} } as const
    const same = await measure({ utterances: 500, ranks: dense })
    expect(same.baseline.quality.upper).toBeGreaterThan(same.baseline.quality.lower)
    expect(same.difference).toEqual({ difference: 0, lower: 0, upper: 0 })
  })

  it('measures the model itself anew when what is in the recordings changed in its place', async () => {
    const before = await measure({ utterances: 500 })
    const lines = readFileSync(study.evaluation, 'utf8').trimEnd().split('\n')
    const changed = lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), text: 'zzz' }))
    writeFileSync(study.evaluation, `${changed.join('\n')}\n`)
    const after = await measure({ utterances: 500 })
    expect(after.baseline.quality).not.toEqual(before.baseline.quality)
  })

  it('is ended by a newer one, and by whoever asked', async () => {
    const older = measure()
    const newer = measure({ method: 'weight-svd' })
    await expect(older).rejects.toMatchObject({ code: 'cancelled' })
    expect((await newer).utterances).toBe(5)
    const asking = new AbortController()
    const last = measure({}, asking.signal)
    asking.abort()
    await expect(last).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('leaves recordings outside the allowed folders alone', async () => {
    await expect(measure({ evaluationPath: '/etc/hosts' })).rejects.toMatchObject({ code: 'not-found' })
    expect(launcher.launched).toBe(0)
  })
})
