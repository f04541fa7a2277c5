/** What the main job can be told: methods, number formats, budgets, plans and gates, and what is written about them. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PlanFile } from '@contract/rank-plan'
import { precisions } from '@contract/recipe'
import type { StudyReport, TrialReport } from '@contract/trial'
import { runCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import {
  tinyRecipe,
  writeRecipe,
  writeTinyStudy,
  type RecipeText,
  type TinyStudy
} from '../helpers/tiny-study'

const folder = useSharedTemporaryFolder()
let study: TinyStudy

beforeAll(() => {
  study = writeTinyStudy(join(folder(), 'study'))
})

/** Runs a recipe on the tiny model in the one workspace of this file. */
async function runRecipe(changes: Partial<RecipeText>, expectedCode = 0): Promise<StudyReport> {
  const recipe = join(study.folder, `${changes.name}.json`)
  writeRecipe(recipe, tinyRecipe(changes))
  const ended = await runCli(['study', 'run', recipe, '--workspace', study.workspace, '--json'])
  expect(ended, ended.stderr).toMatchObject({ code: expectedCode })
  return JSON.parse(ended.stdout) as StudyReport
}

function named({ trials }: StudyReport, name: string): TrialReport {
  const trial = trials.find((each) => each.name === name)
  if (trial === undefined)
    throw new Error(`No '${name}' among ${trials.map((each) => each.name).join(', ')}.`)
  return trial
}

const retainedFractions = [0.5]

describe('every way to make a model', () => {
  it('gives a model that was built, checked and measured', async () => {
    const methods = ['weight-svd', 'asvd', 'whitened-svd', 'output-pca'] as const
    const report = await runRecipe({
      name: 'makings',
      precisions: ['float16', 'int8-weights', 'int4-weights'],
      grids: [
        { methods: [...methods], retainedFractions },
        { methods: ['asvd'], retainedFractions, refit: true },
        { methods: ['output-pca'], retainedFractions, calibration: 'sequential' },
        { methods: ['whitened-svd'], retainedFractions, precisions: [...precisions] },
        { methods: ['weight-svd'], retainedFractions, rankPolicies: ['sensitivity'] },
        { methods: ['weight-svd'], retainedFractions: [0.6], budgetUnit: 'bytes', budgetScope: 'model' },
        // Budgets in milliseconds are for models whose products take long enough to be timed.
        { methods: ['weight-svd'], retainedFractions: [0.6], budgetUnit: 'macs' }
      ]
    })
    expect(report.trials.filter(({ state }) => state !== 'completed')).toEqual([])
    const names = report.trials.map(({ name }) => name)
    expect(names).toContain('asvd 50% refit')
    expect(names).toContain('output-pca 50% sequential')
    expect(names).toContain('weight-svd 50% sensitivity')
    expect(names).toContain('weight-svd 60% of bytes of the model')
    const formats = precisions.map((each) =>
      named(report, `whitened-svd 50%${each === 'float32' ? '' : ` ${each}`}`)
    )
    expect(new Set(formats.map(({ modelHash }) => modelHash)).size).toBe(precisions.length)
    // The other formats add nodes, which outweigh what they save on a model as small as this.
    expect(formats[1]!.sizeBytes).toBeLessThan(formats[0]!.sizeBytes!)
    const wholeModel = named(report, 'weight-svd 60% of bytes of the model')
    expect(wholeModel.sizeBytes).toBeLessThan(0.65 * named(report, 'baseline').sizeBytes!)
  })
})

describe('a plan', () => {
  it('is written, edited and used again', async () => {
    const file = join(folder(), 'plan.json')
    const planned = await runCli([
      ...[
        'plan',
        study.model,
        '--method',
        'whitened-svd',
        '--retain',
        '50%',
        '--calibration',
        study.calibration
      ],
      ...['--ranks', 'water-filling', '--workspace', study.workspace, '--output', file]
    ])
    expect(planned, planned.stderr).toMatchObject({ code: 0 })
    expect(planned.stdout).toContain('uniform')
    const plan = JSON.parse(readFileSync(file, 'utf8')) as PlanFile
    expect(plan.policy.name).toBe('water-filling')
    const [first, ...others] = plan.layers
    const edited = { ...plan, layers: [{ ...first, rank: 3 }, ...others] }
    writeRecipe(file, edited)
    const report = await runRecipe({
      name: 'by plan',
      grids: [],
      plans: [{ name: 'mine', method: 'whitened-svd', plan: file }]
    })
    const mine = named(report, 'mine')
    expect(mine.rankPolicy).toBe('manual')
    expect(mine.plan?.map(({ rank }) => rank)).toEqual(edited.layers.map(({ rank }) => rank))
  })
})

describe('gates', () => {
  const grids = [{ methods: ['weight-svd' as const], retainedFractions }]

  it('end with code 3 when no tier passes, and say by how much', async () => {
    const report = await runRecipe(
      { name: 'strict', grids, gates: [{ metric: 'size-ratio', atMost: 0.01 }] },
      3
    )
    expect(named(report, 'weight-svd 50%').gates).toMatchObject([{ verdict: 'failed' }])
  })

  it('end with code 0 when one does', async () => {
    const report = await runRecipe({ name: 'kind', grids, gates: [{ metric: 'size-ratio', atMost: 0.99 }] })
    expect(named(report, 'weight-svd 50%').gates).toMatchObject([{ verdict: 'passed' }])
    expect(report.study.selectedOn).toBe('evaluation')
  })
})

describe('lathe report', () => {
  it('writes one page that loads nothing, and the formats that its name says', async () => {
    for (const [name, text] of [
      ['report.html', '<!doctype html>'],
      ['trials.csv', 'trial,'],
      ['chart.svg', '<svg '],
      ['table.tex', '\\begin{table}'],
      ['report.md', '# kind']
    ] as const) {
      const output = join(folder(), 'reports', name)
      const ended = await runCli([
        'report',
        'kind',
        '--workspace',
        study.workspace,
        '--output',
        output,
        '--spectra'
      ])
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      expect(existsSync(output)).toBe(true)
      expect(readFileSync(output, 'utf8')).toContain(text)
    }
    const page = readFileSync(join(folder(), 'reports', 'report.html'), 'utf8')
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(page).toContain('weight-svd 50%')
  })
})
