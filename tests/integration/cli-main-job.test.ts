import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelDescription } from '@contract/model'
import type { Measurement, StudyReport, TrialReport, UtteranceRecord, WordErrors } from '@contract/trial'
import { createPrng } from '../../src-main/base/prng'
import { plainLogits, type PlainInput } from '../helpers/plain-runtime'
import { runCli, type CliResult } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { tinySound, type ManifestLine } from '../helpers/tiny-speech-data'
import { tinyClasses, tinyLayers, tinySizes } from '../helpers/tiny-speech-model'
import { tinyTrialNames, writeTinyStudy, type TinyStudy } from '../helpers/tiny-study'
import { readTrialRows, readUtterances } from '../helpers/workspace-file'

const shared = useSharedTemporaryFolder()
let study: TinyStudy
/** The first run of the study, which most tests look at, and its report. */
let firstRun: CliResult
let report: StudyReport

const studyArgs = (...more: string[]) => [
  'study',
  'run',
  study.recipe,
  '--workspace',
  study.workspace,
  ...more
]
const showArgs = (...more: string[]) => ['study', 'show', ...more, '--workspace', study.workspace]

beforeAll(async () => {
  study = writeTinyStudy(join(shared(), 'study'))
  firstRun = await runCli(studyArgs('--json'))
  report = parse<StudyReport>(firstRun)
})

/** The JSON that a command printed, after it ended well. */
function parse<T>(result: CliResult): T {
  expect(result, result.stderr).toMatchObject({ code: 0, signal: null })
  return JSON.parse(result.stdout) as T
}

function trialNamed(name: string): TrialReport {
  const trial = report.trials.find((each) => each.name === name)
  if (trial === undefined) throw new Error(`The study has no trial '${name}'.`)
  return trial
}

/** Where the model that a trial measured is. */
function modelFileOf({ method, modelHash }: TrialReport): string {
  return method === 'baseline'
    ? join(study.model, 'model.onnx')
    : join(study.workspace, 'models', modelHash ?? '', 'model.onnx')
}

function sumOf(records: readonly UtteranceRecord[]): WordErrors {
  const sum = (key: keyof WordErrors) =>
    records.reduce((total, { wordErrors }) => total + wordErrors![key], 0)
  return {
    substitutions: sum('substitutions'),
    deletions: sum('deletions'),
    insertions: sum('insertions'),
    referenceWords: sum('referenceWords')
  }
}

function rateOf({ substitutions, deletions, insertions, referenceWords }: WordErrors): number {
  return (substitutions + deletions + insertions) / referenceWords
}

function manifestTexts(manifest: string): string[] {
  const lines = readFileSync(manifest, 'utf8').trim().split('\n')
  return lines.map((line) => (JSON.parse(line) as ManifestLine).text)
}

describe('lathe inspect', () => {
  it('tells every linear layer with role, block and break-even rank', async () => {
    const described = parse<ModelDescription>(await runCli(['inspect', study.model, '--json']))
    expect(described).toMatchObject({
      family: 'ctc-encoder',
      inputKind: 'whisper-log-mel',
      sampleRateHz: 16000,
      sizeBytes: statSync(join(study.model, 'model.onnx')).size
    })
    // The stem first: a convolution of three frames of 80 mel bands.
    const [stem, ...layers] = described.layers
    expect(stem).toMatchObject({ role: 'conv', blockIndex: null, inFeatures: 3 * 80, outFeatures: 32 })
    expect(layers).toHaveLength(13)
    expect(layers).toMatchObject(
      tinyLayers.map(({ id, role, blockIndex, inFeatures, outFeatures }) => ({
        layerId: id,
        role,
        blockIndex,
        inFeatures,
        outFeatures,
        parameterCount: inFeatures * outFeatures,
        hasBias: true
      }))
    )
    // By hand: the largest r with r · (in + out) < in · out.
    expect(layers.slice(0, 6).map(({ breakEvenRank }) => breakEvenRank)).toEqual([15, 15, 15, 15, 21, 21])
    expect(layers.at(-1)?.breakEvenRank).toBe(5)
  })

  it('counts operations per second of audio: 50 steps through every layer', async () => {
    const described = parse<ModelDescription>(await runCli(['inspect', study.model, '--json']))
    expect(described.layers.map(({ macsPerAudioSecond }) => macsPerAudioSecond)).toEqual(
      [{ inFeatures: 3 * 80, outFeatures: 32 }, ...tinyLayers].map(
        ({ inFeatures, outFeatures }) => 50 * inFeatures * outFeatures
      )
    )
  })

  it('prints the same as a table, and nothing on standard error', async () => {
    const { code, stdout, stderr } = await runCli(['inspect', join(study.model, 'model.onnx')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('ctc-encoder')
    expect(stdout).toContain('14 layers')
    for (const { id } of tinyLayers) expect(stdout).toMatch(new RegExp(` ${id}$`, 'm'))
    expect(stdout).toMatch(/^ +1 +fc2 +64 +32 .* 21 /m)
  })
})

describe('lathe evaluate', () => {
  it('measures as many errors as its utterances add up to', async () => {
    const measured = parse<Measurement & { records: UtteranceRecord[] }>(
      await runCli(['evaluate', study.model, '--data', study.evaluation, '--json'])
    )
    const { records } = measured
    const wordErrors = measured.wordErrors!
    expect(records.map(({ reference }) => reference)).toEqual(manifestTexts(study.evaluation))
    expect(wordErrors).toEqual(sumOf(records))
    expect(measured.wordErrorRate).toBe(rateOf(wordErrors))
    expect(wordErrors.referenceWords).toBe(manifestTexts(study.evaluation).join(' ').split(' ').length)
    // The tiny model says different things at different times, so that the sums above are no sums of zeros.
    expect(new Set(records.map(({ hypothesis }) => hypothesis)).size).toBeGreaterThan(4)
    expect(Math.min(wordErrors.substitutions, wordErrors.deletions, wordErrors.insertions)).toBeGreaterThan(0)
  })

  it('prints a summary on standard output and progress on standard error', async () => {
    const { code, stdout, stderr } = await runCli(['evaluate', study.model, '--data', study.evaluation])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^WER +\d+\.\d\d %/)
    expect(stderr).toBe('evaluate on evaluation.jsonl (8 utterances)\n')
  })
})

describe('lathe compress', () => {
  it('leaves a folder that is a model again, with everything beside it', async () => {
    const folder = join(shared(), 'compress')
    mkdirSync(folder)
    const result = await runCli(
      // prettier-ignore
      ['compress', study.model, '--method', 'whitened-svd', '--retain', '50%', '--calibration', study.calibration,
       '--output', 'half', '--json'],
      { cwd: folder }
    )
    const { exported } = parse<{ exported: { folder: string; files: unknown } }>(result)
    const half = join(folder, 'half')
    expect(exported.folder).toBe(half)
    expect(readdirSync(half).sort()).toEqual(exportedWithPlan)
    expect(exported.files).toEqual(
      exportedWithPlan.map((name) => ({ name, sizeBytes: statSync(join(half, name)).size }))
    )
    expect(readdirSync(folder).sort()).toEqual(['half', 'lathe-workspace'])
    // The same model as the study's trial, bit for bit.
    expect(readFileSync(join(half, 'model.onnx'))).toEqual(
      readFileSync(modelFileOf(trialNamed('whitened-svd 50%')))
    )
  })

  it('needs no calibration set for plain int8', async () => {
    const output = join(shared(), 'plain-int8')
    const workspace = join(shared(), 'plain-int8-workspace')
    const result = await runCli(
      // prettier-ignore
      ['compress', study.model, '--precision', 'int8', '--output', output, '--workspace', workspace]
    )
    expect(result, result.stderr).toMatchObject({ code: 0 })
    expect(result.stdout).toContain(`written to ${output}`)
    expect(readFileSync(join(output, 'model.onnx'))).toEqual(readFileSync(modelFileOf(trialNamed('int8'))))
  })
})

/** What every exported folder holds; one with chosen ranks also their plan. */
const exportedFiles = [
  'LICENSE',
  'config.json',
  'lathe-card.md',
  'lathe-plan.json',
  'model.onnx',
  'preprocessor_config.json',
  'vocab.json'
]
const exportedWithPlan = [...exportedFiles, 'plan.json'].sort()

describe('lathe study run --json', () => {
  it('prints one object per trial with everything that was promised to machines', () => {
    expect(Object.keys(report).sort()).toEqual(['study', 'trials'])
    expect(report.trials.map(({ name }) => name)).toEqual(tinyTrialNames)
    const count = expect.any(Number) as number
    for (const trial of report.trials) {
      expect(trial).toMatchObject({
        name: expect.any(String) as string,
        method: trial.name === 'int8' ? 'quantize' : trial.name.split(' ')[0],
        precision: trial.name.endsWith('int8') ? 'int8' : 'float32',
        retainedParameterFraction: count,
        parameterCount: count,
        sizeBytes: count,
        wordErrorRate: count,
        wordErrors: { substitutions: count, deletions: count, insertions: count, referenceWords: count },
        latencyMilliseconds: { p50: count, p95: count },
        realTimeFactor: count,
        state: 'completed'
      })
    }
  })

  it('tells sizes as they are on disk, and int8 and every tier smaller than the original', () => {
    const original = statSync(join(study.model, 'model.onnx')).size
    for (const trial of report.trials) {
      expect(trial.sizeBytes, trial.name).toBe(statSync(modelFileOf(trial)).size)
      if (trial.method !== 'baseline') expect(trial.sizeBytes, trial.name).toBeLessThan(original)
    }
  })

  it('tells fractions and parameters that follow from the ranks', () => {
    const { width, innerWidth, blocks } = tinySizes
    const before = blocks * (4 * width * width + 2 * width * innerWidth)
    const parametersOf = (name: string) => trialNamed(name).parameterCount ?? NaN
    // floor(fraction · in · out / (in + out)) for the square layers and the feed-forward ones.
    for (const [percent, square, rectangular] of [
      ['75%', 12, 16],
      ['50%', 8, 10]
    ] as const) {
      const after = blocks * (4 * square * 2 * width + 2 * rectangular * (width + innerWidth))
      for (const method of ['weight-svd', 'whitened-svd']) {
        const trial = trialNamed(`${method} ${percent}`)
        expect(trial.retainedParameterFraction).toBeCloseTo(after / before, 12)
        expect(parametersOf('baseline') - parametersOf(trial.name)).toBe(before - after)
      }
    }
    expect(trialNamed('baseline').retainedParameterFraction).toBe(1)
  })

  it('tells error rates that its utterance records add up to', () => {
    for (const trial of report.trials) {
      const records = readUtterances(study.workspace, trial.trialId)
      expect(records.map(({ reference }) => reference)).toEqual(manifestTexts(study.evaluation))
      expect(trial.wordErrors, trial.name).toEqual(sumOf(records))
      expect(trial.wordErrorRate, trial.name).toBe(rateOf(sumOf(records)))
    }
  })

  it('measures different tiers differently', () => {
    // Otherwise every trial could have measured the same file.
    expect(new Set(report.trials.map(({ wordErrorRate }) => wordErrorRate)).size).toBeGreaterThan(3)
    expect(new Set(report.trials.map(({ modelHash }) => modelHash)).size).toBe(report.trials.length)
  })

  it('keeps standard output for the result and writes progress to standard error', () => {
    expect(firstRun.stdout.startsWith('{')).toBe(true)
    expect(firstRun.stderr).toContain('[1/7] baseline: evaluate on evaluation.jsonl (8 utterances)\n')
    expect(firstRun.stderr).toMatch(/^whitened-svd 50% int8: WER \d/m)
  })
})

describe('running a finished study again', () => {
  it('computes nothing and prints the same data', async () => {
    const before = readTrialRows(study.workspace)
    const again = await runCli(studyArgs('--json'))
    const repeated = parse<StudyReport>(again)
    expect(report.trials.every(({ reused }) => !reused)).toBe(true)
    expect(repeated.trials.every(({ reused }) => reused)).toBe(true)
    expect(repeated).toEqual({
      ...report,
      trials: report.trials.map((trial) => ({ ...trial, reused: true }))
    })
    // The moments at which trials started and ended stay, and no stage of a trial was entered.
    expect(readTrialRows(study.workspace)).toEqual(before)
    expect(again.stderr).not.toMatch(/\[\d\/7\]/)
  })

  it('is what study show does, without an engine', async () => {
    const repeated = parse<StudyReport>(await runCli(studyArgs('--json')))
    expect(parse<StudyReport>(await runCli(showArgs('tiny study', '--json')))).toEqual(repeated)
    const byPrefix = await runCli(showArgs(report.study.studyId.slice(0, 8), '--json'))
    expect(parse<StudyReport>(byPrefix)).toEqual(repeated)
  })

  it('shows a table with every trial', async () => {
    const { code, stdout, stderr } = await runCli(showArgs('tiny study'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of tinyTrialNames) expect(stdout).toMatch(new RegExp(`^${name} +\\d+\\.\\d\\d % `, 'm'))
  })

  it('is listed with how much is finished', async () => {
    const { stdout } = await runCli(showArgs())
    expect(stdout).toMatch(/tiny study +7\/7 /)
    const [listed] = parse<unknown[]>(await runCli(showArgs('--json')))
    expect(listed).toMatchObject({ name: 'tiny study', trialCount: 7, completedTrialCount: 7 })
  })

  it('says nothing on standard error when it is told to be quiet', async () => {
    expect(await runCli(['--quiet', ...studyArgs()])).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('lathe export', () => {
  const input = (): PlainInput => {
    const prng = createPrng(5)
    const data = Float32Array.from({ length: tinySizes.melBins * 60 }, () => prng.normal())
    return { name: 'input_features', dims: [1, tinySizes.melBins, 60], data }
  }

  it.each(['baseline', 'int8', 'whitened-svd 50%', 'whitened-svd 50% int8'])(
    '%s runs in stock ONNX Runtime and gives the stored model’s logits, bit for bit',
    async (name) => {
      const output = join(shared(), `exported ${name}`)
      const result = await runCli([
        'export',
        'tiny study',
        name,
        '--output',
        output,
        '--workspace',
        study.workspace
      ])
      expect(result, result.stderr).toMatchObject({ code: 0 })
      expect(readdirSync(output).sort()).toEqual(name.includes('%') ? exportedWithPlan : exportedFiles)
      for (const sidecar of ['LICENSE', 'config.json', 'preprocessor_config.json', 'vocab.json']) {
        expect(readFileSync(join(output, sidecar))).toEqual(readFileSync(join(study.model, sidecar)))
      }
      const exported = await plainLogits(join(output, 'model.onnx'), input())
      const stored = await plainLogits(modelFileOf(trialNamed(name)), input())
      expect(exported.dims).toEqual([1, 30, tinyClasses])
      expect(new Uint8Array(exported.data.buffer)).toEqual(new Uint8Array(stored.data.buffer))
      expect(exported.data.every(Number.isFinite)).toBe(true)
    }
  )

  it('gives a folder whose evaluation is the trial’s', async () => {
    const output = join(shared(), 'to evaluate')
    await runCli([
      'export',
      'tiny study',
      'weight-svd 50%',
      '--output',
      output,
      '--workspace',
      study.workspace
    ])
    const measured = parse<Measurement>(
      await runCli(['evaluate', output, '--data', study.evaluation, '--json'])
    )
    expect(measured.wordErrors).toEqual(trialNamed('weight-svd 50%').wordErrors)
  })

  it('refuses a folder that holds something and leaves it alone', async () => {
    const args = ['export', 'tiny study', 'int8', '--output', study.model, '--workspace', study.workspace]
    const before = readFileSync(join(study.model, 'model.onnx'))
    const { code, stdout, stderr } = await runCli(args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^lathe: .*\/model' .*not empty.*\[conflict\]\n$/)
    expect(readFileSync(join(study.model, 'model.onnx'))).toEqual(before)
    expect(readdirSync(study.model)).not.toContain('lathe-card.md')
  })
})

describe('a model that hears the waveform itself', () => {
  it('goes the whole way from inspection to export', async () => {
    const raw = writeTinyStudy(join(shared(), 'raw'), { frontEnd: 'raw-waveform' })
    const described = parse<ModelDescription>(await runCli(['inspect', raw.model, '--json']))
    expect(described).toMatchObject({ family: 'ctc-encoder', inputKind: 'raw-waveform' })
    const ran = parse<StudyReport>(
      await runCli(['study', 'run', raw.recipe, '--workspace', raw.workspace, '--json'])
    )
    expect(ran.trials.map(({ name, state }) => [name, state])).toEqual(
      tinyTrialNames.map((name) => [name, 'completed'])
    )
    expect(new Set(ran.trials.map(({ wordErrorRate }) => wordErrorRate)).size).toBeGreaterThan(2)
    const output = join(raw.folder, 'exported')
    const trial = 'whitened-svd 75%'
    const exported = await runCli([
      'export',
      'tiny study',
      trial,
      '--output',
      output,
      '--workspace',
      raw.workspace
    ])
    expect(exported, exported.stderr).toMatchObject({ code: 0 })
    const data = tinySound(createPrng(3), 1)
    const logits = await plainLogits(join(output, 'model.onnx'), {
      name: 'input_values',
      dims: [1, data.length],
      data
    })
    // 1 + floor((16000 - 400) / 320) positions of the one convolution.
    expect(logits.dims).toEqual([1, 49, tinyClasses])
  })
})

describe('--help', () => {
  it.each([
    ['lathe', []],
    ['lathe inspect', ['inspect']],
    ['lathe compress', ['compress']],
    ['lathe evaluate', ['evaluate']],
    ['lathe study', ['study']],
    ['lathe study run', ['study', 'run']],
    ['lathe study show', ['study', 'show']],
    ['lathe export', ['export']]
  ])('of %s shows its usage and ends well', async (name, command) => {
    const { code, stdout, stderr } = await runCli([...command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.startsWith(`Usage: ${name} [options]`)).toBe(true)
    if (name !== 'lathe study') expect(stdout).toMatch(/\nExamples?:\n {2}lathe /)
  })

  it('tells the version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })
})
