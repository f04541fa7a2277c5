import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StudyReport } from '@contract/trial'
import { createPrng } from '../../src-main/base/prng'
import { snapshotFolder } from '../helpers/folder-snapshot'
import { runCli, startCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { tinySound, writeManifest, type ManifestLine } from '../helpers/tiny-speech-data'
import {
  tinyRecipe,
  tinyTrialNames,
  writeRecipe,
  writeTinyStudy,
  type TinyStudy
} from '../helpers/tiny-study'
import { encodeWav } from '../helpers/wav-file'

const shared = useSharedTemporaryFolder()
/** A finished study whose folder no bad command may change. */
let study: TinyStudy
/** What a case writes its bad input into; empty before each. */
let folder: string
let finished: string

beforeAll(async () => {
  study = writeTinyStudy(join(shared(), 'study'))
  finished = (await runCli(['study', 'run', study.recipe, '--workspace', study.workspace, '--json'])).stdout
  expect((JSON.parse(finished) as StudyReport).trials).toHaveLength(tinyTrialNames.length)
})

beforeEach(() => {
  folder = join(shared(), 'bad')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
})

interface BadInput {
  readonly name: string
  /** Writes what is wrong into `folder` and returns the command line. */
  readonly args: () => readonly string[]
  readonly code: string
  /** What the sentence must name. */
  readonly names: readonly string[]
}

/** A file in the case's folder. */
function bad(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

/** A data set like the good one with another line or other audio; returns its manifest. */
function badData(lines: readonly (Partial<ManifestLine> | string)[], audio?: Uint8Array): string {
  cpSync(join(study.folder, 'evaluation'), join(folder, 'evaluation'), { recursive: true })
  if (audio !== undefined) writeFileSync(join(folder, 'evaluation', '001.wav'), audio)
  const good = goodLines()
  const manifest = join(folder, 'data.jsonl')
  writeManifest(manifest, good.slice(0, 2))
  const more = lines.map((line) =>
    typeof line === 'string' ? line : JSON.stringify({ ...good[2], ...line })
  )
  writeFileSync(manifest, readFileSync(manifest, 'utf8') + more.map((line) => `${line}\n`).join(''))
  return manifest
}

function goodLines(): ManifestLine[] {
  const lines = readFileSync(study.evaluation, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as ManifestLine)
}

/** A copy of the model whose folder lacks or changes a file. */
function badModel(change: (modelFolder: string) => void): string {
  cpSync(study.model, join(folder, 'model'), { recursive: true })
  change(join(folder, 'model'))
  return join(folder, 'model')
}

/** A recipe in the case's folder over the good model and data. */
function badRecipe(changes: object): string {
  const absolute = { model: study.model, calibrationSet: study.calibration, evaluationSet: study.evaluation }
  writeRecipe(join(folder, 'recipe.json'), { ...tinyRecipe(), ...absolute, ...changes })
  return join(folder, 'recipe.json')
}

const evaluate = (data: string, model = study.model) => ['evaluate', model, '--data', data]
const run = (recipe: string, workspace = study.workspace) => [
  'study',
  'run',
  recipe,
  '--workspace',
  workspace
]
const exportOf = (studyName: string, trial: string) => {
  const output = join(folder, 'exported')
  return ['export', studyName, trial, '--output', output, '--workspace', study.workspace]
}
const cutModel = (modelFolder: string) => {
  const file = join(modelFolder, 'model.onnx')
  writeFileSync(file, readFileSync(file).subarray(0, 50_000))
}

const badModels: readonly BadInput[] = [
  {
    name: 'a model that is not there',
    args: () => ['inspect', join(folder, 'absent')],
    code: 'not-found',
    names: ['/bad/absent']
  },
  {
    name: 'a folder without a model',
    args: () => ['inspect', folder],
    code: 'not-found',
    names: ['/bad', '.onnx']
  },
  {
    name: 'text that is called .onnx',
    args: () => ['inspect', bad('notes.onnx', 'These are notes, not a network.')],
    code: 'invalid-input',
    names: ['notes.onnx']
  },
  {
    name: 'a model that is cut off',
    args: () => ['inspect', badModel(cutModel)],
    code: 'invalid-input',
    names: ['/bad/model']
  },
  {
    name: 'a model without config.json that is to be run',
    args: () =>
      evaluate(
        study.evaluation,
        badModel((model) => {
          rmSync(join(model, 'config.json'))
        })
      ),
    code: 'unsupported-model',
    names: ['config.json']
  },
  {
    name: 'a layer to exclude that the model does not have',
    args: () => {
      const output = join(folder, 'out')
      // prettier-ignore
      return ['compress', study.model, '--method', 'weight-svd', '--retain', '0.5', '--exclude', 'nowhere',
              '--output', output, '--workspace', join(folder, 'workspace')]
    },
    code: 'invalid-input',
    names: ["'nowhere'"]
  }
]

const badSets: readonly BadInput[] = [
  {
    name: 'a manifest that is not there',
    args: () => evaluate(join(folder, 'absent.jsonl')),
    code: 'not-found',
    names: ['/bad/absent.jsonl']
  },
  {
    name: 'a manifest with a line that is not JSON',
    args: () => evaluate(badData(['{"audio_filepath": '])),
    code: 'invalid-input',
    names: ['Line 3', 'data.jsonl']
  },
  {
    name: 'a manifest with a line without a text',
    args: () => evaluate(badData([{}, '{"audio_filepath": "x.wav", "duration": 1}'])),
    code: 'invalid-input',
    names: ['Line 4', 'data.jsonl', "'text'"]
  },
  {
    name: 'a manifest without a line',
    args: () => evaluate(bad('empty.jsonl', '\n')),
    code: 'invalid-input',
    names: ['empty.jsonl']
  },
  {
    name: 'a recording that is not there',
    args: () => evaluate(badData([{ audio_filepath: 'evaluation/absent.wav' }])),
    code: 'not-found',
    names: ['evaluation/absent.wav']
  },
  {
    name: 'a recording that is no sound',
    args: () => evaluate(badData([], Uint8Array.of(7, 7, 7, 7, 7))),
    code: 'invalid-input',
    names: ['evaluation/001.wav']
  },
  {
    name: 'a recording that is cut off',
    args: () => evaluate(badData([], encodeWav(tinySound(createPrng(1), 1), 16000).subarray(0, 9000))),
    code: 'invalid-input',
    names: ['evaluation/001.wav']
  },
  {
    name: 'a recording at another sample rate',
    args: () => evaluate(badData([], encodeWav(tinySound(createPrng(1), 1), 8000))),
    code: 'invalid-input',
    names: ['evaluation/001.wav', '16000 Hz', '8000 Hz']
  },
  {
    name: 'a segment outside its recording',
    args: () => evaluate(badData([{ offset: 99 } as Partial<ManifestLine>])),
    code: 'invalid-input',
    names: ['evaluation/002.wav', '99']
  }
]

const badStudies: readonly BadInput[] = [
  {
    name: 'a recipe that is not there',
    args: () => run(join(folder, 'absent.json')),
    code: 'not-found',
    names: ['/bad/absent.json']
  },
  {
    name: 'a recipe that is not JSON',
    args: () => run(bad('recipe.json', '{ "recipeVersion": 1, }')),
    code: 'invalid-input',
    names: ['recipe.json', 'JSON']
  },
  {
    name: 'a recipe with a misspelt key',
    args: () => run(badRecipe({ grid: [] })),
    code: 'invalid-input',
    names: ['recipe.json', 'grid']
  },
  {
    name: 'a recipe with a misspelt key inside',
    args: () => run(badRecipe({ evaluation: { thread: 2 } })),
    code: 'invalid-input',
    names: ['recipe.json', "'evaluation'", 'thread']
  },
  {
    name: 'a recipe with the fraction 0',
    args: () => run(badRecipe({ grids: [{ methods: ['weight-svd'], retainedFractions: [0.5, 0] }] })),
    code: 'invalid-input',
    names: ['recipe.json', 'grids.0.retainedFractions.1']
  },
  {
    name: 'a recipe with an unknown method',
    args: () => run(badRecipe({ grids: [{ methods: ['magic'], retainedFractions: [0.5] }] })),
    code: 'invalid-input',
    names: ['recipe.json', 'grids.0.methods.0', 'weight-svd']
  },
  {
    name: 'a recipe whose model is not there',
    args: () => run(badRecipe({ model: 'absent' })),
    code: 'not-found',
    names: ['/bad/absent']
  },
  {
    name: 'a recipe that measures on what it calibrates with',
    args: () => run(badRecipe({ calibrationSet: study.evaluation })),
    code: 'invalid-input',
    names: ['calibration set', 'evaluation set']
  },
  {
    name: 'a recipe that calibrates with two of the recordings it measures on',
    args: () => run(badRecipe({ calibrationSet: badData([]) })),
    code: 'invalid-input',
    names: ['calibration set', 'evaluation set', '2 of 8']
  },
  {
    name: 'a workspace that is another folder',
    args: () => run(study.recipe, study.model),
    code: 'conflict',
    names: ['/study/model', 'workspace']
  },
  {
    name: 'a workspace that is a file',
    args: () => run(study.recipe, bad('notes.txt', 'notes')),
    code: 'conflict',
    names: ['notes.txt']
  },
  {
    name: 'a workspace to look into that is not there',
    args: () => ['study', 'show', '--workspace', join(folder, 'absent')],
    code: 'not-found',
    names: ['/bad/absent']
  },
  {
    name: 'a study that is not there',
    args: () => ['study', 'show', 'second lesson', '--workspace', study.workspace],
    code: 'not-found',
    names: ["'second lesson'"]
  },
  {
    name: 'an export from a study that is not there',
    args: () => exportOf('second lesson', 'int8'),
    code: 'not-found',
    names: ["'second lesson'"]
  },
  {
    name: 'an export of a trial that is not there',
    args: () => exportOf('tiny study', 'int9'),
    code: 'not-found',
    names: ["'tiny study'", "'int9'", 'whitened-svd 50%']
  }
]

/** Fails when the good study, its model, its data or its results are not what they were. */
async function expectNothingLost(before: Record<string, string>): Promise<void> {
  expect(snapshotFolder(study.folder)).toEqual(before)
  const shown = await runCli(['study', 'show', 'tiny study', '--workspace', study.workspace, '--json'])
  const expected = JSON.parse(finished) as StudyReport
  expect(JSON.parse(shown.stdout)).toEqual({
    ...expected,
    trials: expected.trials.map((trial) => ({ ...trial, reused: true }))
  })
}

describe.each([
  ['models', badModels],
  ['data sets', badSets],
  ['studies', badStudies]
])('bad %s', (_, cases) => {
  it.each(cases)(
    '$name: one sentence that names it, code $code, nothing lost',
    async ({ args, code, names }) => {
      const commandLine = args()
      const before = snapshotFolder(study.folder)
      const given = snapshotFolder(folder)
      const ended = await runCli(['--quiet', ...commandLine])
      expect(ended, ended.stderr).toMatchObject({ code: 1, signal: null, stdout: '' })
      // One line, one sentence; a stack or a second line would be shown to a user.
      expect(ended.stderr).toMatch(/^lathe: .*[^.]\. \[[a-z-]+\]\n$/)
      expect(ended.stderr).toContain(`[${code}]`)
      for (const name of names) expect(ended.stderr).toContain(name)
      // The workspace that `compress` caches in is the only thing that a refused command may leave.
      const left = Object.keys(snapshotFolder(folder)).filter((path) => !(path in given))
      expect(left.filter((path) => !path.startsWith('workspace'))).toEqual([])
      await expectNothingLost(before)
    }
  )
})

describe('a wrong command line', () => {
  const compress = (...more: string[]) => ['compress', study.model, '--output', join(folder, 'out'), ...more]

  it.each<[string, () => readonly string[], string]>([
    ['no command that exists', () => ['explode'], 'explode'],
    ['an unknown option', () => ['inspect', study.model, '--deep'], '--deep'],
    ['a missing argument', () => ['inspect'], 'model'],
    ['a missing required option', () => ['evaluate', study.model], '--data'],
    ['an option without its value', () => ['evaluate', study.model, '--data'], '--data'],
    ['an argument too many', () => ['inspect', study.model, 'twice'], 'argument'],
    ['--retain without --method', () => compress('--retain', '50%'), '--method'],
    ['--method without --retain', () => compress('--method', 'weight-svd'), '--retain'],
    [
      'a method without its calibration set',
      () => compress('--method', 'whitened-svd', '--retain', '1'),
      '--calibration'
    ],
    ['nothing to do', () => compress(), '--precision'],
    ['a fraction above 1', () => compress('--method', 'weight-svd', '--retain', '150%'), '150%'],
    ['a fraction that is no number', () => compress('--method', 'weight-svd', '--retain', 'half'), 'half'],
    ['an unknown method', () => compress('--method', 'magic', '--retain', '0.5'), 'weight-svd'],
    [
      'an unknown role',
      () => compress('--method', 'weight-svd', '--retain', '0.5', '--exclude-role', 'x'),
      'head'
    ],
    ['half a thread', () => [...evaluate(study.evaluation), '--threads', '0.5'], '0.5']
  ])('%s ends with 2 and says what was expected', async (_, args, named) => {
    const { code, stdout, stderr } = await runCli(args())
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toMatch(/^error: /)
    expect(stderr.split('\n')[0]).toContain(named)
    expect(snapshotFolder(folder)).toEqual({})
  })

  it.each([
    ['no command at all', []],
    ['study without a command', ['study']]
  ])('%s ends with 2 and shows the help', async (_, args) => {
    const { code, stdout, stderr } = await runCli(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: lathe')
  })
})

describe('a folder without config.json', () => {
  it('can be inspected, and says why it cannot be run', async () => {
    const model = badModel((modelFolder) => {
      rmSync(join(modelFolder, 'config.json'))
    })
    const { code, stdout, stderr } = await runCli(['inspect', model])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^family +not recognised: .*config\.json/m)
    expect(stdout).toMatch(/^linear +14 layers/m)
  })
})

describe('a study with a recording that cannot be heard', () => {
  it('fails trial by trial with the reason, and ends with 1', async () => {
    const recipe = badRecipe({
      evaluationSet: badData([], Uint8Array.of(7, 7, 7, 7, 7)),
      grids: []
    })
    const { code, stdout } = await runCli([...run(recipe, join(folder, 'workspace')), '--json'])
    expect(code).toBe(1)
    const { trials } = JSON.parse(stdout) as StudyReport
    expect(trials.map(({ name, state, error }) => [name, state, error?.code])).toEqual([
      ['baseline', 'failed', 'invalid-input'],
      ['int8', 'failed', 'invalid-input']
    ])
    expect(trials[0]?.error?.message).toContain('evaluation/001.wav')
  })
})

describe('a reader that has seen enough', () => {
  it('ends the command without a complaint', async () => {
    const { process: child, ended } = startCli(['study', '--help'])
    child.stdout?.destroy()
    const { code, signal, stderr } = await ended
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
  })
})
