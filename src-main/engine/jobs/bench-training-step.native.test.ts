import { expect, it } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { benchConformer, benchTransformer, buildBenchEncoder } from './bench-encoder'
import { benchTrainingStep } from './bench-training-step'

const folder = useTemporaryFolder()
const engine = { backend: createOrtBackend(), clock: { nowMilliseconds: () => performance.now() } }
const silent = {
  signal: { aborted: false },
  progress: () => undefined,
  records: () => undefined,
  breathe: () => Promise.resolve()
}
const small = { blocks: 1, width: 16, heads: 2, innerWidth: 32, features: 8, classes: 5 }

it('times steps of small encoders and tells the conditions', async () => {
  const { title, remarks, figures } = await benchTrainingStep(
    engine,
    { runs: 2, evaluationThreads: 1, workspaceFolder: folder() },
    silent,
    {
      encoders: [
        { ...small, kind: 'transformer' },
        { ...small, kind: 'conformer' }
      ],
      recordings: 2,
      frames: 12,
      labels: 3
    }
  )
  expect(title).toBe('A training step')
  expect(remarks[0]).toMatch(
    /transformer 0\.00 M, conformer 0\.00 M parameters; 2 recordings of 12 frames.*1 thread/
  )
  expect(figures.map(({ name }) => name)).toEqual([
    'transformer, a step',
    'transformer, a step, processor time',
    '  outside of kernels',
    'conformer, a step',
    'conformer, a step, processor time',
    '  outside of kernels'
  ])
  for (const { median, lower, upper, runs, unit } of figures) {
    expect(runs).toBe(2)
    expect(lower).toBeLessThanOrEqual(median)
    expect(upper).toBeGreaterThanOrEqual(median)
    if (unit === '%') {
      // Of steps as small as these, the profiler's own time can be all that lies between kernels.
      expect(lower).toBeGreaterThanOrEqual(0)
      expect(upper).toBeLessThan(100)
    } else expect(lower).toBeGreaterThan(0)
  }
})

it('has 2 million parameters in both encoders', () => {
  for (const sizes of [benchTransformer, benchConformer]) {
    const { initializers } = buildBenchEncoder(sizes).graph
    const count = [...initializers.values()].reduce(
      (sum, { dims }) => sum + dims.reduce((product, size) => product * size, 1),
      0
    )
    expect(Math.abs(count / 2e6 - 1), sizes.kind).toBeLessThan(0.03)
  }
})
