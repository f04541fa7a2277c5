/** Whole studies on the tiny model, with real engine jobs in the test's own process: what their numbers can be trusted for. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StudyReport, TrialReport } from '@contract/trial'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useSharedTemporaryFolder } from '../../tests/helpers/shared-temporary-folder'
import { timelessRecords, timelessReport } from '../../tests/helpers/study-numbers'
import { tinyModel } from '../../tests/helpers/tiny-speech-model'
import { tinyRecipe, writeRecipe, writeTinyStudy, type TinyStudy } from '../../tests/helpers/tiny-study'
import { float32Tensor, float32Values } from '../onnx/ir/tensor'
import { encodeModel } from '../onnx/serde/encode-model'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { runStudy } from './run-study'

const shared = useSharedTemporaryFolder()
const launcher = createInProcessLauncher(createOrtBackend())
const grids = [{ methods: ['weight-svd', 'whitened-svd'] as const, retainedFractions: [0.5] }]

let study: TinyStudy
beforeAll(() => {
  study = writeTinyStudy(join(shared(), 'study'), { evaluation: { utterances: 4 }, grids: asGrids(grids) })
})

function asGrids(given: typeof grids): NonNullable<Parameters<typeof tinyRecipe>[0]>['grids'] {
  return given.map(({ methods, ...rest }) => ({ ...rest, methods: [...methods] }))
}

function run(workspace: string, recipePath = study.recipe): Promise<StudyReport> {
  return runStudy(launcher, {
    recipePath,
    workspaceFolder: join(shared(), workspace),
    outputFolder: undefined
  })
}

describe('a study', () => {
  it('run again in a new workspace gives the same texts, counts and models to the last bit', async () => {
    const reports = [await run('once'), await run('again')]
    expect(reports[0]!.trials.map(({ state }) => state)).toEqual(Array(4).fill('completed'))
    expect(timelessReport(reports[1]!)).toBe(timelessReport(reports[0]!))
    expect(timelessRecords(join(shared(), 'again'))).toBe(timelessRecords(join(shared(), 'once')))
  })

  it('tells with how many threads and in which way of running each trial was measured', async () => {
    const recipePath = join(study.folder, 'two-threads.json')
    writeRecipe(recipePath, tinyRecipe({ grids: [], evaluation: { threads: 2 } }))
    const conditionsOf = ({ trials }: StudyReport) => trials.map(({ conditions }) => conditions)
    for (const conditions of conditionsOf(await run('once'))) {
      expect(conditions).toMatchObject({ threads: 1, execution: 'cpu, graph optimization all' })
    }
    for (const conditions of conditionsOf(await run('once', recipePath))) {
      expect(conditions).toMatchObject({ threads: 2 })
    }
  })
})

/** Writes the tiny model with some values of its weights replaced, and a recipe for it. */
function spoiltStudy(name: string, spoil: Readonly<Record<string, (values: Float32Array) => void>>): string {
  const model = tinyModel('whisper-log-mel')
  const initializers = new Map(model.graph.initializers)
  for (const [weight, change] of Object.entries(spoil)) {
    const tensor = initializers.get(weight)
    expect(tensor, weight).toBeDefined()
    const values = float32Values(tensor!).slice()
    change(values)
    initializers.set(weight, float32Tensor(weight, tensor!.dims, values))
  }
  const { folder, recipe } = writeTinyStudy(join(shared(), name), {
    evaluation: { utterances: 4 },
    grids: asGrids(grids)
  })
  const bytes = encodeModel({ ...model, graph: { ...model.graph, initializers } })
  writeFileSync(join(folder, 'model', 'model.onnx'), bytes)
  return recipe
}

async function failures(name: string, recipePath: string): Promise<TrialReport[]> {
  const { trials } = await run(`${name} workspace`, recipePath)
  expect(trials.map(({ state, error }) => [state, error?.code])).toEqual(
    Array(4).fill(['failed', 'numerical'])
  )
  return trials
}

describe('values that are not finite stop a trial with the layer named', () => {
  it('in a weight', async () => {
    const recipe = spoiltStudy('nan weight', {
      '/blocks.0/fc1/MatMul.weight': (values) => (values[5] = NaN)
    })
    const [baseline, int8, plain, whitened] = await failures('nan weight', recipe)
    const layer = `'/blocks.0/fc1/MatMul'`
    expect(baseline?.error?.message).toMatch(
      `the first value that is not finite comes from ${layer} (MatMul), whose weight '/blocks.0/fc1/MatMul.weight' holds NaN.`
    )
    expect(int8?.error?.message).toContain('/blocks.0/fc1/MatMul')
    expect(plain?.error?.message).toContain(layer)
    // Calibration comes first, and sees it where it goes in next.
    expect(whitened?.error?.message).toMatch(/^Layer '\/blocks\.0\/fc2\/MatMul': Feature 5 .* not finite/)
  })

  it('in the activations of calibration', async () => {
    // Each value is finite; their products with the next weights are not.
    const recipe = spoiltStudy('overflow', {
      '/blocks.0/fc1/MatMul.bias': (values) => values.fill(3e38)
    })
    const [baseline, int8, plain, whitened] = await failures('overflow', recipe)
    expect(baseline?.error?.message).toContain(
      `the first value that is not finite comes from '/blocks.0/fc2/MatMul' (MatMul).`
    )
    for (const trial of [int8, plain, whitened])
      expect(trial?.error?.message).toMatch(/'\/?[\w./]*blocks\.\d/)
    // Statistics see it where it goes in next.
    expect(whitened?.error?.message).toMatch(/^Layer '\/blocks\.1\/q\/MatMul': Feature 0 .* not finite/)
  })

  it('in the logits of the evaluation', async () => {
    const recipe = spoiltStudy('nan logits', { 'head.bias': (values) => (values[2] = NaN) })
    const [baseline] = await failures('nan logits', recipe)
    expect(baseline?.error?.message).toMatch(
      /^Utterance '.*': The logits of frame 0 hold NaN for class 2, expected finite numbers; the first value that is not finite comes from 'logits' \(Add\), whose weight 'head.bias' holds NaN\.$/
    )
  })
})
